package io.vikhry.runtime.metrics;

/** The calling thread, taken for the loop. */
final class Caller implements Recorder.Home {
    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        task.run();
    }
}
