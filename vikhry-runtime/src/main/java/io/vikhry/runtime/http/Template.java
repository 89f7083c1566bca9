package io.vikhry.runtime.http;

import org.jspecify.annotations.Nullable;

/** What two requests of the same method and path in the same step have in common, made once. */
final class Template {
    private final String method;
    private final String written;
    private final String step;
    private final Target target;
    private final String start;
    private final byte[] bodiless;
    /** Two that look for it at the same moment may each make one: they are equal. */
    private @Nullable Label label;

    /**
     * One of these.
     *
     * @param written the path as the scenario wrote it
     * @param target where that leads
     * @param start request line and headers of the client, without the blank line
     * @param bodiless the whole head of such a request without a body and without headers of its own
     */
    Template(String method, String written, String step, Target target, String start, byte[] bodiless) {
        this.method = method;
        this.written = written;
        this.step = step;
        this.target = target;
        this.start = start;
        this.bodiless = bodiless;
    }

    boolean isOf(String otherMethod, String otherPath, String otherStep) {
        return Repertoire.same(method, otherMethod)
                && Repertoire.same(written, otherPath)
                && Repertoire.same(step, otherStep);
    }

    Target target() {
        return target;
    }

    String start() {
        return start;
    }

    byte[] bodiless() {
        return bodiless;
    }

    /** Of such a request without a name of its own. Made only then: paths that vary must not each become a series. */
    Label label(ClientOwner owner) {
        Label known = label;
        if (known == null) {
            known = Label.of(owner, method + " " + target.name(), step);
            label = known;
        }
        return known;
    }
}
