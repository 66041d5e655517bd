// Act, context and state come in as JSON, the decision and what is remembered of it go out.
import { decide } from '../../src/act/decide';
import { note, settle } from '../../src/act/state';

export function answer({ act, ctx, state: raw }: any): unknown {
  const state = settle(raw, ctx.now);
  const decision = decide(act, ctx, state);
  note(state, decision, ctx.now, ctx.unit);
  return { decision, state };
}
