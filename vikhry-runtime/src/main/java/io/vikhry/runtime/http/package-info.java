/** The HTTP client of a VU on Netty's transports, driven by the VU's loop: HTTP/1.1 and HTTP/2 by lean codecs of its own. */
@NullMarked
package io.vikhry.runtime.http;

import org.jspecify.annotations.NullMarked;
