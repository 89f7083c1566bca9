package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.SslContext;
import java.net.URI;
import java.security.SignatureException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
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

            assertThat(TlsRehearsal.OF_PROCESS.begun()).isCompleted();
            assertThat(Tls.DEFAULT.get()).isCompleted();
        }
    }

    /** Has no thread to give the first time, and then runs what it is given in turn. */
    private static Executor withoutThreadAtFirst() {
        AtomicBoolean again = new AtomicBoolean();
        return task -> {
            if (!again.getAndSet(true)) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            task.run();
        };
    }

    @Test
    void whereThereIsNoThreadForItNobodyWaitsAndItIsTriedAgain() {
        TlsRehearsal rehearsal = new TlsRehearsal(withoutThreadAtFirst());
        CompletableFuture<Void> first = rehearsal.begun();
        assertThat(first).isCompleted();
        CompletableFuture<Void> second = rehearsal.begun();
        assertThat(second).isNotSameAs(first).isCompleted();
        assertThat(rehearsal.begun()).isSameAs(second);
    }

    @Test
    void aContextThatCouldNotBeMadeSaysWhyAndIsTriedAgain() {
        TlsContext context = new TlsContext(TlsSettings.DEFAULT, withoutThreadAtFirst());
        assertThat(context.get().exceptionNow()).isInstanceOf(OutOfMemoryError.class);
        CompletableFuture<SslContext> second = context.get();
        assertThat(second).isCompleted();
        assertThat(context.get()).isSameAs(second);
    }
}
