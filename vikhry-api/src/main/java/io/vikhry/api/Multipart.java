package io.vikhry.api;

import java.io.InputStream;
import java.util.function.Supplier;

/** A {@code multipart/form-data} body being put together, part by part. */
public interface Multipart {
    /** A form field, as text in UTF-8. */
    Multipart field(String name, Object value);

    /** A file, of bytes that are at hand. */
    Multipart file(String name, String fileName, String contentType, byte[] bytes);

    /** A file that is read while it is sent; {@code source} is opened for each sending, and what it gives is closed. */
    Multipart file(String name, String fileName, String contentType, Supplier<? extends InputStream> source);
}
