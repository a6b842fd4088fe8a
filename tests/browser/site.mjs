// Pages of another origin than the service's.
import { createServer } from "node:http";

// `pages`: path -> HTML.
export async function startSite(pages) {
  const server = createServer((request, response) => {
    // Without these two a page gets no memory that its workers share.
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    response.setHeader("Content-Type", "text/html");
    response.statusCode = pages[request.url] ? 200 : 404;
    response.end(pages[request.url]);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}
