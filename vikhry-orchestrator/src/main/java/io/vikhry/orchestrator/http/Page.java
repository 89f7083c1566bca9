package io.vikhry.orchestrator.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The page, from {@code /ui} of the class path. A path without a dot is a view of the page and gets its {@code index.html}; one
 * with a dot is a file, or nothing.
 */
final class Page {
    private static final Pattern FILE = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+");
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("map", "application/json"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("txt", "text/plain; charset=utf-8"),
            Map.entry("webmanifest", "application/manifest+json"));
    private static final String POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
            + " font-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
    private static final String NOT_BUILT =
            "vikhry's orchestrator is running, but this build has no page (-Dui.skip). The API is at /api/v1.\n";

    private Page() {}

    /** Answers a GET for {@code path} with a file of the page; false if there is none. */
    static boolean serve(Context ctx) {
        String path = ctx.path();
        boolean view = path.indexOf('.') < 0;
        String file = view ? "/index.html" : path;
        if (!FILE.matcher(file).matches() || file.contains("..")) {
            return false;
        }
        byte[] bytes = read("/ui" + file);
        if (bytes.length == 0) {
            if (!view) {
                return false;
            }
            ctx.status(200).contentType("text/plain; charset=utf-8").result(NOT_BUILT);
            return true;
        }
        String ending = file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        // The build names files under /assets by their content.
        boolean forGood = file.startsWith("/assets/");
        ctx.status(200)
                .contentType(TYPES.getOrDefault(ending, "application/octet-stream"))
                .header("Cache-Control", forGood ? "public, max-age=31536000, immutable" : "no-cache")
                .header("Content-Security-Policy", POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .result(bytes);
        return true;
    }

    private static byte[] read(String resource) {
        try (InputStream in = Page.class.getResourceAsStream(resource)) {
            return in == null ? new byte[0] : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the page's " + resource + " cannot be read: " + e, e);
        }
    }
}
