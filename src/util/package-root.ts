/** Where the package lies: as deep below it here, in `dist/util/` and in `dist/start/`. Nobody else may ask where its code is. */
export const PACKAGE_ROOT = new URL('../../', import.meta.url);
