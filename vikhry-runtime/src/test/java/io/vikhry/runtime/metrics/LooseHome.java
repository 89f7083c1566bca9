package io.vikhry.runtime.metrics;

/** The calling thread, taken for a loop. */
final class LooseHome implements Recorder.Home {
    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        task.run();
    }
}
