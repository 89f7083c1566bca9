package io.vikhry.runtime.scenario;

import io.vikhry.api.VU;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * The members of a VU class and its superclasses below {@link VU}, superclasses first, each class in the order of its source.
 * Reflection promises no order; the class file keeps the author's, and seeded choices need one that never changes.
 */
final class DeclaredMembers {
    private final List<Method> methods = new ArrayList<>();
    private final List<Field> fields = new ArrayList<>();

    DeclaredMembers(Class<?> type, Map<String, byte[]> files) {
        List<Class<?>> line = new ArrayList<>();
        for (Class<?> c = type; c != VU.class && c != null; c = c.getSuperclass()) {
            line.addFirst(c);
        }
        for (Class<?> c : line) {
            byte[] bytes = files.get(c.getName().replace('.', '/') + ".class");
            Map<String, Integer> order =
                    bytes == null ? Map.of() : order(ClassFile.of().parse(bytes));
            try {
                add(methods, c.getDeclaredMethods(), method -> place(order, method.getName() + descriptor(method)));
                add(fields, c.getDeclaredFields(), field -> place(order, field.getName()));
            } catch (LinkageError e) {
                throw new ScenarioException(
                        "class " + c.getName() + " needs a class that is not in the scenario (" + e.getMessage()
                                + "): build a jar with all it uses",
                        "",
                        e);
            }
        }
    }

    /** All methods, without those that the compiler made. */
    List<Method> methods() {
        return methods;
    }

    List<Field> fields() {
        return fields;
    }

    /** Whether {@code sub}, declared further down, overrides {@code method}. */
    static boolean overrides(Method sub, Method method) {
        return !Modifier.isPrivate(method.getModifiers())
                && !Modifier.isStatic(method.getModifiers())
                && sub.getName().equals(method.getName())
                && Arrays.equals(sub.getParameterTypes(), method.getParameterTypes())
                && (Modifier.isPublic(method.getModifiers())
                        || Modifier.isProtected(method.getModifiers())
                        || sub.getDeclaringClass()
                                .getPackageName()
                                .equals(method.getDeclaringClass().getPackageName()));
    }

    /** How a message names a member: {@code ShopVU.login()}. */
    static String label(Member member) {
        return member.getDeclaringClass().getSimpleName() + "." + member.getName()
                + (member instanceof Method ? "()" : "");
    }

    private static <M extends Member> void add(List<M> all, M[] declared, ToIntFunction<M> place) {
        Arrays.stream(declared)
                .filter(member -> !member.isSynthetic())
                .sorted(Comparator.comparingInt(place).thenComparing(Member::getName))
                .forEach(all::add);
    }

    private static Map<String, Integer> order(ClassModel model) {
        Map<String, Integer> order = new HashMap<>();
        model.fields().forEach(field -> order.put(field.fieldName().stringValue(), order.size()));
        model.methods()
                .forEach(method -> order.put(
                        method.methodName().stringValue() + method.methodType().stringValue(), order.size()));
        return order;
    }

    private static int place(Map<String, Integer> order, String key) {
        return order.getOrDefault(key, Integer.MAX_VALUE);
    }

    private static String descriptor(Method method) {
        StringBuilder text = new StringBuilder("(");
        for (Class<?> parameter : method.getParameterTypes()) {
            text.append(parameter.descriptorString());
        }
        return text.append(')')
                .append(method.getReturnType().descriptorString())
                .toString();
    }
}
