/** GA4's names. */
export interface Item {
    item_id: string;
    item_name?: string;
    item_brand?: string;
    item_category?: string;
    price?: number;
    quantity?: number;
    [more: string]: unknown;
}
interface Commerce {
    items?: Item[];
    product_id?: string;
    category?: string;
    /** ISO 4217. */
    currency?: string;
    value?: number;
    coupon?: string;
    [more: string]: unknown;
}
interface Order extends Commerce {
    /** One row per order: the same id again is the same order. */
    transaction_id?: string;
    order_id?: string;
}
export interface EventMap {
    page_view: {
        [more: string]: unknown;
    };
    search: {
        query: string;
        results?: number;
        [more: string]: unknown;
    };
    select_item: {
        query?: string;
        position?: number;
        items?: Item[];
        [more: string]: unknown;
    };
    view_item_list: Commerce;
    view_item: Commerce;
    compare_items: Commerce;
    add_to_cart: Commerce & {
        cart_id?: string;
    };
    remove_from_cart: Commerce & {
        cart_id?: string;
    };
    view_cart: Commerce & {
        cart_id?: string;
    };
    begin_checkout: Commerce & {
        cart_id?: string;
    };
    purchase: Order;
    refund: Order;
    sign_up: {
        method?: string;
        [more: string]: unknown;
    };
    generate_lead: {
        currency?: string;
        value?: number;
        [more: string]: unknown;
    };
    store_locator: {
        place?: string;
        [more: string]: unknown;
    };
    get_directions: {
        place?: string;
        url?: string;
        [more: string]: unknown;
    };
    call: {
        url?: string;
        [more: string]: unknown;
    };
    video_progress: {
        video?: string;
        percent: number;
        [more: string]: unknown;
    };
    download: {
        url?: string;
        file?: string;
        [more: string]: unknown;
    };
    share: {
        method?: string;
        [more: string]: unknown;
    };
    booking: Order;
    helpful_click: {
        answer?: string;
        [more: string]: unknown;
    };
    experiment_viewed: {
        experiment_key: string;
        variant: string;
        [more: string]: unknown;
    };
}
/** The props of an event: those of its name, or any. */
export type PropsOf<Name extends string> = Name extends keyof EventMap ? EventMap[Name] : Record<string, unknown>;
export {};
