package io.vikhry.runtime.http;

/** What the redirecting statuses mean. */
final class Redirects {
    private Redirects() {}

    static boolean isRedirect(int status) {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }

    /** The method of the request that follows, as browsers choose it. */
    static String method(int status, String method) {
        boolean rewritten = status == 303 ? !method.equals("HEAD") : status < 303 && method.equals("POST");
        return rewritten ? "GET" : method;
    }
}
