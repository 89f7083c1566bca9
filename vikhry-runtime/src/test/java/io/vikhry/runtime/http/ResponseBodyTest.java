package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResponseBodyTest {
    private final ResponseBody body = new ResponseBody();

    @Test
    void aBodyThatIsKeptIsNeverLongerThanAnArray() {
        body.begin(true, 5L << 30, null);
        assertThat(body.room()).isEqualTo(ResponseBody.MOST_KEPT);
        assertThat(body.tooLarge()).contains(Integer.toString(ResponseBody.MOST_KEPT));
    }

    @Test
    void oneThatIsCountedOrReadWhileItComesMayBe() {
        body.begin(false, 5L << 30, null);
        assertThat(body.room()).isEqualTo(5L << 30);
    }
}
