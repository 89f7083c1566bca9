package io.vikhry.runtime.vu;

import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.http.AllowedHosts;
import io.vikhry.runtime.http.Gate;
import io.vikhry.runtime.http.Repertoires;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.ParamValues;
import java.util.List;

/** What all users of a run share. */
record RunSetting(
        Engine engine,
        LoadedScenario scenario,
        ParamValues params,
        long seed,
        Fence fence,
        ResourceLeases leases,
        Commons commons,
        VuOptions options,
        Offload offload,
        RunAbort abort,
        AllowedHosts hosts,
        List<Gate> gates,
        List<Repertoires> repertoires,
        Downbeats downbeats) {

    /** What requests from {@code loop} must pass. */
    Gate gate(Loop loop) {
        return gates.get(loop.index());
    }

    /** What the HTTP clients on {@code loop} share. */
    Repertoires repertoires(Loop loop) {
        return repertoires.get(loop.index());
    }

    /**
     * A seed for stream {@code stream} of a run with seed {@code seed}: the finaliser of SplitMix64 (Steele, Lea, Flood, 2014),
     * so that neighbouring users get unlike numbers.
     */
    static long mix(long seed, long stream) {
        long z = seed + (stream + 1) * 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
