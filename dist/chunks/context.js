// src/util/context.ts
const runEffect = (_name, act) => act();
export { runEffect as t };
