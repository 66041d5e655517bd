// [path, integrity] of a file beside this one comes in, its module goes out.
// The preload is what checks the integrity; import() then finds the checked module. Neither is a Trusted Types sink.
export const fetched = ([path, integrity]: [string, string]): Promise<any> =>
  new Promise((done, failed) => {
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.integrity = integrity;
    link.href = new URL(path, import.meta.url).href;
    link.onload = () => done(import(link.href));
    link.onerror = failed;
    document.head.append(link);
  });
