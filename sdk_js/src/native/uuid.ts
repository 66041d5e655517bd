// A time in ms comes in, a UUIDv7 goes out. React Native has no crypto of its own.
const digit = (): string => ((Math.random() * 16) | 0).toString(16);
const some = (n: number): string => Array.from({ length: n }, digit).join('');

export const uuid = (now: number): string => {
  const time = now.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${some(3)}-8${some(3)}-${some(12)}`;
};
