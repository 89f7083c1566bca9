/** The HTTP client of a VU on Netty's transports, driven by the VU's loop: HTTP/1.1 by a lean codec of its own, HTTP/2 by Netty's. */
@NullMarked
package io.vikhry.runtime.http;

import org.jspecify.annotations.NullMarked;
