package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CookieDateTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Thu, 01 Jan 1970 00:00:01 GMT   | 1970-01-01T00:00:01Z
            Thu, 01-Jan-1970 00:00:01 GMT   | 1970-01-01T00:00:01Z
            Thu, 01-Jan-70 00:00:01 GMT     | 1970-01-01T00:00:01Z
            Thursday, 01-Jan-70 00:00:01 GMT| 1970-01-01T00:00:01Z
            Fri, 01 Jan 1970 0:0:1 UTC      | 1970-01-01T00:00:01Z
            Sun Nov  6 08:49:37 1994        | 1994-11-06T08:49:37Z
            Wed, 02 Feb 69 10:11:12 GMT     | 2069-02-02T10:11:12Z
            2030 december 31 23:59:59       | 2030-12-31T23:59:59Z
            """)
    void itIsUnderstoodHoweverTheServerWritesIt(String written, Instant date) {
        assertThat(CookieDate.millis(written)).hasValue(date.toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "whenever",
                "Thu, 01 Jan 1970",
                "Thu, 01 Jan 00:00:01",
                "Thu, 32 Jan 1970 00:00:01 GMT",
                "Tue, 30 Feb 2027 00:00:01 GMT",
                "Thu, 01 Jan 1970 24:00:01 GMT",
                "Thu, 01 Jan 1600 00:00:01 GMT"
            })
    void whatIsNoDateIsNone(String written) {
        assertThat(CookieDate.millis(written)).isEmpty();
    }
}
