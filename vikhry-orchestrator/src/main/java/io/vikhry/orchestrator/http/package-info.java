/** The API and the page over HTTP and WebSocket, as docs/api.md describes them. */
@NullMarked
package io.vikhry.orchestrator.http;

import org.jspecify.annotations.NullMarked;
