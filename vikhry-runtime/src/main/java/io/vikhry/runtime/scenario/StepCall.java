package io.vikhry.runtime.scenario;

import io.vikhry.api.VU;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Calls of steps, each a class of its own beside the class that declares the step.
 *
 * <p>A user waits inside a step, and all frames below it stay in memory meanwhile: a method handle would add three, some 400
 * bytes a user, and is the slower one until the JVM has compiled it.
 */
final class StepCall {
    private static final MethodTypeDesc ACCEPT = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object);
    private static final AtomicLong MADE = new AtomicLong();

    private StepCall() {}

    /** Calls {@code step}, an instance method without parameters that is not private; what it throws goes through, checked or not. */
    static Consumer<VU> of(Method step) {
        ClassDesc owner = step.getDeclaringClass().describeConstable().orElseThrow();
        ClassDesc result = step.getReturnType().describeConstable().orElseThrow();
        ClassDesc call = ClassDesc.of(
                step.getDeclaringClass().getName() + "$" + step.getName() + "$call" + MADE.incrementAndGet());
        byte[] bytes = ClassFile.of()
                .build(
                        call,
                        type -> type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SYNTHETIC)
                                .withInterfaceSymbols(
                                        Consumer.class.describeConstable().orElseThrow())
                                .withMethodBody(
                                        ConstantDescs.INIT_NAME,
                                        ConstantDescs.MTD_void,
                                        ClassFile.ACC_PUBLIC,
                                        code -> code.aload(0)
                                                .invokespecial(
                                                        ConstantDescs.CD_Object,
                                                        ConstantDescs.INIT_NAME,
                                                        ConstantDescs.MTD_void)
                                                .return_())
                                .withMethodBody("accept", ACCEPT, ClassFile.ACC_PUBLIC, code -> {
                                    code.aload(1)
                                            .checkcast(owner)
                                            .invokevirtual(owner, step.getName(), MethodTypeDesc.of(result));
                                    drop(code, result).return_();
                                }));
        try {
            Class<?> made = MethodHandles.privateLookupIn(step.getDeclaringClass(), MethodHandles.lookup())
                    .defineClass(bytes);
            var constructor = made.getDeclaredConstructor();
            constructor.setAccessible(true);
            @SuppressWarnings("unchecked") // It is made so, above.
            Consumer<VU> fresh = (Consumer<VU>) constructor.newInstance();
            return fresh;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("made to be called from here", e);
        }
    }

    private static CodeBuilder drop(CodeBuilder code, ClassDesc result) {
        if (result.equals(ConstantDescs.CD_void)) {
            return code;
        }
        return result.equals(ConstantDescs.CD_long) || result.equals(ConstantDescs.CD_double)
                ? code.pop2()
                : code.pop();
    }
}
