package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.api.Http;
import io.vikhry.runtime.engine.EngineOptions.Scheduler;
import io.vikhry.runtime.engine.EngineOptions.Transport;
import java.net.URI;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients of many users make once what is the same for all, and nothing else. */
class RepertoireTest {
    private final TestOwner owner = new TestOwner(new TestOwner.Mode(Transport.AUTO, Scheduler.FALLBACK));

    @AfterEach
    void close() throws Exception {
        owner.close();
    }

    @Test
    void clientsWithEqualSettingsShareThem() {
        HttpClient one = client(b -> b.header("X-A", "1"));
        HttpClient equal = client(b -> b.header("X-A", "1"));
        HttpClient other = client(b -> b.header("X-A", "2"));

        assertThat(equal.settings()).isSameAs(one.settings());
        assertThat(other.settings()).isNotEqualTo(one.settings());
    }

    @Test
    void aTemplateIsMadeOnceForAMethodPathAndStep() {
        Repertoire repertoire = new Repertoire(client(b -> b).settings());
        HttpClient client = client(b -> b);
        Template first = repertoire.template(client, "GET", "/a", "one");

        assertThat(repertoire.template(client, "GET", new String("/a"), "one")).isSameAs(first);
        assertThat(repertoire.template(client, "PUT", "/a", "one")).isNotSameAs(first);
        assertThat(repertoire.template(client, "GET", "/a", "two").label(owner)).isNotSameAs(first.label(owner));
        assertThat(first.label(owner)).isSameAs(first.label(owner));
        assertThat(first.label(owner).name()).isEqualTo("GET /a");
    }

    @Test
    void manyPathsAreAllServedAndTheLatestAreKept() {
        Repertoire repertoire = new Repertoire(client(b -> b).settings());
        HttpClient client = client(b -> b);
        for (int i = 0; i < 10_000; i++) {
            assertThat(repertoire.template(client, "GET", "/" + i, "s").target().path())
                    .isEqualTo("/" + i);
        }

        Template last = repertoire.template(client, "GET", "/9999", "s");
        assertThat(repertoire.template(client, "GET", "/9999", "s")).isSameAs(last);
    }

    @Test
    void beyondTheLimitOfDifferentSettingsEachClientHasItsOwn() {
        for (int i = 0; i < 64; i++) {
            String own = Integer.toString(i);
            client(b -> b.header("X-User", own));
        }
        HttpClient one = client(b -> b.header("X-User", "late"));
        HttpClient equal = client(b -> b.header("X-User", "late"));

        assertThat(equal.settings()).isEqualTo(one.settings()).isNotSameAs(one.settings());
        assertThat(client(b -> b.header("X-User", "3")).settings())
                .isSameAs(client(b -> b.header("X-User", "3")).settings());
    }

    private HttpClient client(UnaryOperator<Http.Builder> settings) {
        return (HttpClient)
                settings.apply(owner.http(URI.create("http://127.0.0.1:9"))).build();
    }
}
