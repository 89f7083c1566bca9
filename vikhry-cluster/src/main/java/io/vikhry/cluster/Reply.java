package io.vikhry.cluster;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** A script's answer: a list of texts, bytes and further lists. */
final class Reply {
    private final List<?> fields;

    Reply(List<?> fields) {
        this.fields = fields;
    }

    int size() {
        return fields.size();
    }

    byte[] bytes(int index) {
        return (byte[]) fields.get(index);
    }

    String text(int index) {
        return new String(bytes(index), StandardCharsets.UTF_8);
    }

    long number(int index) {
        return Long.parseLong(text(index));
    }

    boolean yes(int index) {
        return number(index) != 0;
    }

    Reply row(int index) {
        return new Reply((List<?>) fields.get(index));
    }

    List<Reply> rows() {
        return fields.stream().map(row -> new Reply((List<?>) row)).toList();
    }

    /** The cluster's state in the five fields from {@code index} on, as {@code answer} of common.lua gives them. */
    ClusterState state(int index) {
        String run = text(index + 2);
        return new ClusterState(
                ClusterState.State.valueOf(text(index)),
                number(index + 1),
                run.isEmpty() ? null : run,
                number(index + 3),
                number(index + 4));
    }

    Transition transition() {
        return new Transition(Transition.Result.valueOf(text(0)), state(1));
    }
}
