package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.security.SignatureException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class TlsRehearsalTest {
    @Test
    void aHandshakeOfEachVersionIsRehearsedToItsEnd() {
        assertThatCode(TlsRehearsal::rehearse).doesNotThrowAnyException();
    }

    @Test
    void aCertificateIsWhatItsIssuerSigned() throws Exception {
        StageCertificate root = StageCertificate.root("issuer");
        StageCertificate issued = root.issue("localhost", "issuer");

        root.certificate().verify(root.certificate().getPublicKey());
        issued.certificate().verify(root.certificate().getPublicKey());
        issued.certificate().checkValidity();
        assertThat(issued.certificate().getSubjectX500Principal().getName()).isEqualTo("CN=localhost");
        assertThat(issued.certificate().getIssuerX500Principal().getName()).isEqualTo("CN=issuer");
        assertThatThrownBy(() -> root.certificate().verify(issued.certificate().getPublicKey()))
                .isInstanceOf(SignatureException.class);
    }

    @ParameterizedTest
    @MethodSource("io.vikhry.runtime.http.TestOwner$Mode#all")
    void aClientOfAnHttpsUrlIsThereWhenHandshakesAreRehearsedAndItsContextIsMade(TestOwner.Mode mode) throws Exception {
        try (TestOwner owner = new TestOwner(mode)) {
            owner.onVu(() -> owner.http(URI.create("https://localhost:1")).build());

            assertThat(TlsRehearsal.once()).isCompleted();
            assertThat(Tls.DEFAULT.get()).isCompleted();
        }
    }
}
