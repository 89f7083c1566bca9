package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetTest {
    private static final Origin H = new Origin(false, "h", 80);

    @ParameterizedTest
    @CsvSource({
        "'',    '',          /,            /",
        "'',    /x,          /x,           /x",
        "'',    x?a=1,       /x?a=1,       /x",
        "/api,  /x,          /api/x,       /x",
        "/api,  '',          /api,         /",
        "/api,  ?a=1,        /api?a=1,     /",
        "/api,  /x#frag,     /api/x,       /x",
        "'',    '/a b|ü%20', /a%20b%7C%C3%BC%20, '/a b|ü%20'",
        "/api,  http://h/y?b, /y?b,        /y",
        "/api,  http://h,    /,            /",
    })
    void aPathIsJoinedToTheBase(String base, String written, String onTheWire, String name) {
        Target target = Target.resolve(H, base, written);
        assertThat(target.origin()).isEqualTo(H);
        assertThat(target.path()).isEqualTo(onTheWire);
        assertThat(target.name()).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "/z,            http://h/z",
        "z?q=1,         http://h/a/z?q=1",
        "../z,          http://h/z",
        "//other/z,     http://other/z",
        "https://o:444, https://o:444/",
        "'/a b',        http://h/a%20b",
        "?page=2,       http://h/a/b?page=2",
        "'',            http://h/a/b?c=d",
        "../../../z,    http://h/z",
        "/\u00c3\u00bc, http://h/%C3%BC",
    })
    void aLocationIsReadAgainstWhereItCameFrom(String location, String url) {
        assertThat(Target.resolve(H, "", "/a/b?c=d").redirect(location).url()).isEqualTo(url);
    }

    @Test
    void otherSchemesControlCharactersAndUsersAreRefused() {
        Target here = Target.resolve(H, "", "/");
        for (String location :
                new String[] {"file:///x", "javascript:x", "http://u:p@h/", "http://:80/", "/a\nb", "http://h:99999/"
                }) {
            assertThatThrownBy(() -> here.redirect(location)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void originsAreComparedByWhatTheyMean() {
        assertThat(Origin.of(URI.create("HTTP://H:80/x"))).isEqualTo(H);
        assertThat(Origin.of(URI.create("https://[::1]/")).authority()).isEqualTo("[::1]");
        assertThat(Origin.of(URI.create("https://h:80/")).toString()).isEqualTo("https://h:80");
    }
}
