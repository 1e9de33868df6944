/** What starts wait for: `free` is there, `need` would have to be. Bytes, descriptors, or processes per core. */
export interface Hold {
  resource: 'memory' | 'disk' | 'load' | 'files';
  free: number;
  need: number;
  /** Of a disk: a folder on it. */
  path?: string;
}
