// What a node of macOS says that it runs on.
Object.defineProperty(process, 'platform', { value: 'darwin' });
