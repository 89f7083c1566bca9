package io.vikhry.runtime.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of classes from libraries, which no compiler of vikhry's has made. */
class ProcessEndsTest {
    private static final MethodTypeDesc END = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_boolean);

    @ParameterizedTest
    @ValueSource(ints = {48, 50, 51, 52, 69})
    void classesOfAnyVersionGoOnToWork(int version) throws Exception {
        call(version, false);
    }

    @ParameterizedTest
    @ValueSource(ints = {52, 69})
    void anEndIsAnException(int version) {
        assertThatExceptionOfType(InvocationTargetException.class)
                .isThrownBy(() -> call(version, true))
                .withCauseInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void whatCannotBeReadIsLeftToTheJvm() {
        byte[] ofTheFuture = classFile(69);
        ofTheFuture[7] = 120;
        byte[] nothing = {1, 2, 3};

        assertThat(ProcessEnds.removed(ofTheFuture, getClass().getClassLoader()))
                .isSameAs(ofTheFuture);
        assertThat(ProcessEnds.removed(nothing, getClass().getClassLoader())).isSameAs(nothing);
        assertThatExceptionOfType(UnsupportedClassVersionError.class)
                .isThrownBy(() -> new BundleLoader("test", Map.of("Old.class", ofTheFuture)).loadClass("Old"));
    }

    private static void call(int version, boolean end) throws Exception {
        BundleLoader loader = new BundleLoader("test", Map.of("Old.class", classFile(version)));
        loader.loadClass("Old").getMethod("end", boolean.class).invoke(null, end);
    }

    /** A class with a method that may end the process. */
    private static byte[] classFile(int version) {
        return ClassFile.of()
                .build(
                        ClassDesc.of("Old"),
                        type -> type.withVersion(version, 0)
                                .withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_SUPER)
                                .withMethodBody(
                                        "end",
                                        END,
                                        ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                                        code -> code.iload(0)
                                                .ifThen(end -> end.iconst_3()
                                                        .invokestatic(
                                                                ClassDesc.of("java.lang.System"),
                                                                "exit",
                                                                MethodTypeDesc.of(
                                                                        ConstantDescs.CD_void, ConstantDescs.CD_int)))
                                                .return_()));
    }
}
