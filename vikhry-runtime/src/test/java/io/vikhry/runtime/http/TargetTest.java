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
        "'',    http://h/i[0]?a=[1]&b=100%, /i[0]?a=[1]&b=100%, /i[0]",
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
        "/i[0]?b=100%,  http://h/i[0]?b=100%",
        "/x/../y/./z,   http://h/y/z",
        "./,            http://h/a/",
        "#there,        http://h/a/b?c=d",
        "http://my_service:81/, http://my_service:81/",
        "http://b\u00c3\u00bccher.example/, http://xn--bcher-kva.example/",
        "http://[::1]:81/x, http://[::1]:81/x",
    })
    void aLocationIsReadAgainstWhereItCameFrom(String location, String url) {
        assertThat(Target.resolve(H, "", "/a/b?c=d").redirect(location).url()).isEqualTo(url);
    }

    @Test
    void itLeadsOnFromWhateverWasAskedFor() {
        for (String asked : new String[] {"/a[0]/b?x=100%", "/a%zz/b", "/a|b/c?d=\"e\""}) {
            assertThat(Target.resolve(H, "", asked).redirect("/z").url()).isEqualTo("http://h/z");
        }
    }

    @Test
    void otherSchemesControlCharactersAndUsersAreRefused() {
        Target here = Target.resolve(H, "", "/");
        for (String location : new String[] {
            "file:///x",
            "javascript:x",
            "http://u:p@h/",
            "http://:80/",
            "http:/x",
            "///x",
            "/a\nb",
            "http://h:99999/",
            "http://h:0x50/",
            "http://[::1/",
            "http://[h]/",
            "http://::1/",
            "http://h%00/",
            "http://a%20b/",
            "http://h,i/"
        }) {
            assertThatThrownBy(() -> here.redirect(location)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void originsAreComparedByWhatTheyMean() {
        assertThat(Origin.of(URI.create("HTTP://H:80/x"))).isEqualTo(H);
        assertThat(Origin.of(URI.create("https://[::1]/")).authority()).isEqualTo("[::1]");
        assertThat(Origin.of(URI.create("https://h:80/")).toString()).isEqualTo("https://h:80");
        assertThat(Origin.of(URI.create("http://my_service:80/")).host()).isEqualTo("my_service");
        assertThat(Origin.of(URI.create("http://B\u00fccher.example/")).host()).isEqualTo("xn--bcher-kva.example");
    }
}
