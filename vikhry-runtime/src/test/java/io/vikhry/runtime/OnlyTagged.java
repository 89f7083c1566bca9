package io.vikhry.runtime;

import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestTag;
import org.junit.platform.launcher.PostDiscoveryFilter;

/**
 * The tests with the tag that {@code vikhry.tests.only} names, be it their own or that of anything above them; without it, all.
 *
 * <p>A filter of JUnit's own ({@code groups}) would do but for a failed test that is tried again: one of a parameterized class is then
 * looked up by its id, below an invocation of that class, which hands no tags down. It was left out, and its failure stood.
 */
public final class OnlyTagged implements PostDiscoveryFilter {
    private final @Nullable TestTag tag;

    /** As the build asks for; JUnit makes one for itself. */
    public OnlyTagged() {
        this(System.getProperty("vikhry.tests.only"));
    }

    OnlyTagged(@Nullable String tag) {
        this.tag = tag == null ? null : TestTag.create(tag);
    }

    @Override
    public FilterResult apply(TestDescriptor test) {
        if (tag == null) {
            return FilterResult.included("all are asked for");
        }
        for (TestDescriptor at = test; at != null; at = at.getParent().orElse(null)) {
            if (at.getTags().contains(tag)) {
                return FilterResult.included("tagged");
            }
        }
        return FilterResult.excluded("not tagged");
    }
}
