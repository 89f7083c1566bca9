package io.vikhry.cluster;

/**
 * The names of all keys of a cluster, in one place. All carry the cluster's name as hash tag, so that Redis Cluster keeps them
 * on one node and scripts may touch several.
 *
 * <pre>
 * state                 hash: state, epoch, run, version, since
 * scenario              hash: digest, class, source
 * bundle:&lt;digest&gt;       a bundle's bytes
 * halt                  "epoch|kind|when|by": the order to end a run
 * leader                "token|name", expires with the lease        leader:token   counter
 * run:&lt;id&gt;:plan         JSON     run:&lt;id&gt;:assignment   hash: digest, all, share:worker…
 * run:&lt;id&gt;:course       JSON: what only a leader needs to know
 * run:&lt;id&gt;:metrics      stream   run:&lt;id&gt;:cursors      hash: worker/fence -> seq
 * run:&lt;id&gt;:once, run:&lt;id&gt;:barriers, run:&lt;id&gt;:barrier:&lt;name&gt;, run:&lt;id&gt;:gone   see once.lua and barrier.lua
 * workers               sorted set: worker -> end of its lease      fence          counter
 * worker:&lt;id&gt;           hash: fence, expires, seen, status, before   worker:&lt;id&gt;:commands   stream
 * pools                 set of names         pool:&lt;name&gt;…, held…, bell…    see pools.lua
 * </pre>
 */
final class Keys {
    private final String prefix;

    Keys(String cluster) {
        this.prefix = "vikhry:{" + cluster + "}:";
    }

    String state() {
        return prefix + "state";
    }

    String scenario() {
        return prefix + "scenario";
    }

    String bundle(String digest) {
        return prefix + "bundle:" + digest;
    }

    String halt() {
        return prefix + "halt";
    }

    String leader() {
        return prefix + "leader";
    }

    String leaderToken() {
        return prefix + "leader:token";
    }

    String runs() {
        return prefix + "run:";
    }

    String plan(String runId) {
        return runs() + runId + ":plan";
    }

    String assignment(String runId) {
        return runs() + runId + ":assignment";
    }

    String course(String runId) {
        return runs() + runId + ":course";
    }

    String metrics(String runId) {
        return runs() + runId + ":metrics";
    }

    String cursors(String runId) {
        return runs() + runId + ":cursors";
    }

    String once(String runId) {
        return runs() + runId + ":once";
    }

    String barriers(String runId) {
        return runs() + runId + ":barriers";
    }

    String barrier(String runId, String name) {
        return runs() + runId + ":barrier:" + name;
    }

    String gone(String runId) {
        return runs() + runId + ":gone";
    }

    String workers() {
        return prefix + "workers";
    }

    String fence() {
        return prefix + "fence";
    }

    /** What the keys of all workers begin with. */
    String workerPrefix() {
        return prefix + "worker:";
    }

    String worker(String workerId) {
        return workerPrefix() + workerId;
    }

    String commands(String workerId) {
        return worker(workerId) + ":commands";
    }

    String pools() {
        return prefix + "pools";
    }

    /** What the keys of all pools begin with. */
    String poolPrefix() {
        return prefix + "pool:";
    }

    String pool(String name) {
        return poolPrefix() + name;
    }

    String held() {
        return prefix + "held";
    }

    /** The list on which the worker of a {@linkplain Holder#lease lease} hears that something is free. */
    String bell(Holder holder) {
        return prefix + "bell:" + holder.lease();
    }
}
