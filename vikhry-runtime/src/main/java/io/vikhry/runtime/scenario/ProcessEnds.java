package io.vikhry.runtime.scenario;

import io.vikhry.api.VuContext;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the calls out of a scenario's classes that would end the process, and with it all users of its worker: in their place the
 * caller gets an exception. It is no fence against malice: calls by reflection go through, and those in classes made for a Java before 8.
 */
final class ProcessEnds {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessEnds.class);
    private static final Set<String> NAMES = Set.of("exit", "halt");
    private static final ClassDesc CONTEXT = VuContext.class.describeConstable().orElseThrow();
    private static final ClassDesc SYSTEM = System.class.describeConstable().orElseThrow();
    private static final ClassDesc RUNTIME = Runtime.class.describeConstable().orElseThrow();
    private static final Set<String> OWNERS = Set.of("java/lang/System", "java/lang/Runtime");
    private static final MethodTypeDesc OF_SYSTEM = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
    private static final MethodTypeDesc OF_RUNTIME =
            MethodTypeDesc.of(ConstantDescs.CD_void, RUNTIME, ConstantDescs.CD_int);

    private ProcessEnds() {}

    /**
     * The class without such calls; the same array if it has none, or cannot be read. Classes that the calling code needs are
     * found by {@code loader}.
     */
    static byte[] removed(byte[] classFile, ClassLoader loader) {
        try {
            ClassModel model = ClassFile.of().parse(classFile);
            // What is older cannot call a method of an interface without an object: it would not be verified.
            return model.majorVersion() >= ClassFile.JAVA_8_VERSION && hasEnds(model)
                    ? removed(model, loader)
                    : classFile;
        } catch (IllegalArgumentException e) {
            // A library may name classes that are not there, as long as it does not use them.
            // And what cannot be read the JVM refuses in its own words.
            LOG.debug("A class keeps its calls that end the process", e);
            return classFile;
        }
    }

    private static boolean hasEnds(ClassModel model) {
        for (PoolEntry entry : model.constantPool()) {
            if (entry instanceof MemberRefEntry member && isEnd(member)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] removed(ClassModel model, ClassLoader loader) {
        // Frames are computed anew, for which it must be known what extends what: first what lies in the bundle,
        // without loading it.
        ClassHierarchyResolver classes = ClassHierarchyResolver.ofResourceParsing(loader)
                .orElse(ClassHierarchyResolver.ofClassLoading(loader))
                .cached();
        return ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(classes))
                .transformClass(model, ClassTransform.transformingMethodBodies(code()));
    }

    private static CodeTransform code() {
        return (CodeBuilder builder, CodeElement element) -> {
            switch (element) {
                case InvokeInstruction call
                when isEnd(call.method()) ->
                    builder.invokestatic(
                            CONTEXT, "refuseExit", call.opcode() == Opcode.INVOKESTATIC ? OF_SYSTEM : OF_RUNTIME, true);
                case InvokeDynamicInstruction reference
                when reference.bootstrapArgs().stream().anyMatch(ProcessEnds::isEnd) ->
                    builder.invokedynamic(withoutEnds(reference));
                default -> builder.with(element);
            }
        };
    }

    /** Where a method reference is made: one to what refuses. */
    private static DynamicCallSiteDesc withoutEnds(InvokeDynamicInstruction reference) {
        ConstantDesc[] args = reference.bootstrapArgs().stream()
                .map(arg -> arg instanceof DirectMethodHandleDesc handle && isEnd(handle) ? refusal(handle) : arg)
                .toArray(ConstantDesc[]::new);
        return DynamicCallSiteDesc.of(
                reference.bootstrapMethod(), reference.name().stringValue(), reference.typeSymbol(), args);
    }

    private static DirectMethodHandleDesc refusal(DirectMethodHandleDesc end) {
        return MethodHandleDesc.ofMethod(
                DirectMethodHandleDesc.Kind.INTERFACE_STATIC,
                CONTEXT,
                "refuseExit",
                end.kind() == DirectMethodHandleDesc.Kind.STATIC ? OF_SYSTEM : OF_RUNTIME);
    }

    private static boolean isEnd(ConstantDesc constant) {
        return constant instanceof DirectMethodHandleDesc handle
                && NAMES.contains(handle.methodName())
                && (handle.owner().equals(SYSTEM) || handle.owner().equals(RUNTIME));
    }

    private static boolean isEnd(MemberRefEntry member) {
        return NAMES.contains(member.name().stringValue())
                && OWNERS.contains(member.owner().asInternalName());
    }
}
