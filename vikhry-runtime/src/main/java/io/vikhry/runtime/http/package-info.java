/** The HTTP/1.1 client of a VU: a lean codec of its own on Netty's transports, driven by the VU's loop. */
@NullMarked
package io.vikhry.runtime.http;

import org.jspecify.annotations.NullMarked;
