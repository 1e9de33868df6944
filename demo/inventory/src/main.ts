import { createRoutes } from './app.ts';
import { createApiServer } from './http/server.ts';

const port = Number(process.env.PORT ?? 3000);
createApiServer(createRoutes()).listen(port, '127.0.0.1', () => {
  process.stdout.write(`inventory listens on http://127.0.0.1:${port}\n`);
});
