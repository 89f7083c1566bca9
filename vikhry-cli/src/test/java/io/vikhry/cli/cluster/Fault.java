package io.vikhry.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What is done to a run, one at a time, and which reasons of the verdict name it. */
enum Fault {
    WORKER_KILLED("a worker is killed", "lost_worker") {
        @Override
        void strike(Trial trial) throws Exception {
            trial.process("worker-2").kill();
        }
    },
    WORKER_KILLED_AND_BACK("a worker is killed and started again at once", "lost_worker") {
        @Override
        void strike(Trial trial) throws Exception {
            trial.process("worker-2").kill();
            trial.startAgain("worker-2");
        }
    },
    WORKER_TERMINATED("a worker is told to end", "interrupted") {
        @Override
        void strike(Trial trial) throws Exception {
            trial.process("worker-2").terminate();
        }
    },
    WORKER_FROZEN_3_S("a worker is frozen for 3 s", "interrupted") {
        @Override
        void strike(Trial trial) throws Exception {
            freeze(trial, Duration.ofSeconds(3));
        }
    },
    WORKER_FROZEN_10_S("a worker is frozen for 10 s", "lost_worker") {
        @Override
        void strike(Trial trial) throws Exception {
            freeze(trial, Duration.ofSeconds(10));
        }
    },
    WORKER_FROZEN_60_S("a worker is frozen for 60 s", "lost_worker") {
        @Override
        void strike(Trial trial) throws Exception {
            freeze(trial, Duration.ofSeconds(60));
        }
    },
    WORKER_CUT_OFF("a worker is cut off from Redis for 10 s", "lost_worker") {
        @Override
        void strike(Trial trial) {
            trial.way("worker-2").cut();
            Trial.pause(Duration.ofSeconds(10));
            trial.way("worker-2").mend();
        }
    },
    WORKER_STALLED("a worker's way to Redis swallows everything for 10 s", "lost_worker") {
        @Override
        void strike(Trial trial) {
            trial.way("worker-2").stall();
            Trial.pause(Duration.ofSeconds(10));
            trial.way("worker-2").mend();
        }
    },
    ALL_CUT_OFF("all are cut off from Redis for 10 s", "interrupted", "lost_worker") {
        @Override
        void strike(Trial trial) {
            trial.ways().forEach(TcpProxy::cut);
            Trial.pause(Duration.ofSeconds(10));
            trial.ways().forEach(TcpProxy::mend);
        }
    },
    REDIS_RESTARTED("Redis is killed and comes back with its data", "interrupted") {
        @Override
        void strike(Trial trial) throws Exception {
            trial.field().redis().kill();
            Trial.pause(Duration.ofSeconds(2));
            trial.field().redis().startAgain();
        }
    },
    REDIS_EMPTIED("Redis is killed and comes back empty", "interrupted") {
        @Override
        void strike(Trial trial) throws Exception {
            trial.field().redis().kill();
            Trial.pause(Duration.ofSeconds(2));
            trial.field().redis().startEmpty();
        }
    },
    REDIS_EMPTIED_UNHEARD("Redis comes back empty while a worker is cut off for 8 s", "interrupted", "lost_worker") {
        @Override
        void strike(Trial trial) throws Exception {
            trial.way("worker-1").cut();
            trial.field().redis().kill();
            trial.field().redis().startEmpty();
            Trial.pause(Duration.ofSeconds(8));
            trial.way("worker-1").mend();
        }
    },
    REDIS_STALLED("Redis stands still for 5 s", "interrupted") {
        @Override
        void strike(Trial trial) throws Exception {
            RealProcess.signal(trial.field().redis().pid(), "-STOP");
            Trial.pause(Duration.ofSeconds(5));
            RealProcess.signal(trial.field().redis().pid(), "-CONT");
        }
    },
    ORCHESTRATOR_KILLED_PREPARING("the orchestrator is killed in PREPARING", "interrupted") {
        @Override
        void begin(Trial trial) throws Exception {
            trial.gather(List.of(), List.of());
            trial.start(", \"seatMillis\": 3000");
            trial.orders().awaitState("PREPARING", Duration.ofSeconds(5));
        }

        @Override
        void strike(Trial trial) throws Exception {
            trial.killOrchestrator();
            trial.startAgain("orchestrator");
        }
    },
    ORCHESTRATOR_KILLED_RUNNING("the orchestrator is killed in RUNNING", "interrupted") {
        @Override
        void strike(Trial trial) throws Exception {
            trial.killOrchestrator();
            trial.startAgain("orchestrator");
        }
    },
    ORCHESTRATOR_KILLED_STOPPING("the orchestrator is killed in STOPPING", "interrupted") {
        @Override
        void begin(Trial trial) throws Exception {
            trial.gather(List.of(), List.of());
            trial.start(", \"endMillis\": 7000");
            trial.awaitAllAtWork();
        }

        @Override
        void strike(Trial trial) throws Exception {
            trial.orders().post("/api/v1/test/stop", "{\"drain_s\": 10}");
            trial.orders().awaitState("STOPPING", Duration.ofSeconds(5));
            trial.killOrchestrator();
            trial.startAgain("orchestrator");
        }

        @Override
        JsonNode end(Trial trial) throws Exception {
            trial.awaitLed();
            return trial.ended();
        }
    },
    CLOCK_AHEAD("a worker's clock is 30 s ahead") {
        @Override
        void begin(Trial trial) throws Exception {
            trial.begin(List.of(), skewed("+30"));
        }

        @Override
        void strike(Trial trial) throws Exception {
            expectSkew(trial);
        }
    },
    CLOCK_BEHIND("a worker's clock is 30 s behind") {
        @Override
        void begin(Trial trial) throws Exception {
            trial.begin(List.of(), skewed("-30"));
        }

        @Override
        void strike(Trial trial) throws Exception {
            expectSkew(trial);
        }
    },
    DISK_FULL("the disk of the run store is full", "unkept") {
        @Override
        void begin(Trial trial) throws Exception {
            Path disk = Files.createDirectories(disk(trial));
            assumeThat(succeeds("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()))
                    .as("may mount a small disk")
                    .isTrue();
            trial.field().keep(() -> succeeds("umount", "-l", disk.toString()));
            trial.begin(List.of("env", "VIKHRY_HOME=" + disk), List.of());
        }

        @Override
        void strike(Trial trial) throws Exception {
            Path filler = disk(trial).resolve("filler");
            succeeds("dd", "if=/dev/zero", "of=" + filler, "bs=1k", "count=1024");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> trial.process("orchestrator").output().contains("the run cannot be kept"));
            Trial.pause(Duration.ofSeconds(3));
            Files.delete(filler);
        }
    };

    /** What is done, for people. */
    final String what;
    /** Codes of reasons of which one has to be in the verdict; none where the fault has to leave no trace. */
    final Set<String> named;

    Fault(String what, String... named) {
        this.what = what;
        this.named = Set.of(named);
    }

    /** Brings the run to where it is struck. */
    void begin(Trial trial) throws Exception {
        trial.begin(List.of(), List.of());
    }

    /** Does it, and undoes it. */
    abstract void strike(Trial trial) throws Exception;

    /** Waits until the run is whole again, and ends it; its report. */
    JsonNode end(Trial trial) throws Exception {
        trial.awaitWhole();
        Trial.pause(Duration.ofSeconds(2));
        return trial.end();
    }

    private static void freeze(Trial trial, Duration time) throws Exception {
        trial.process("worker-2").freeze();
        Trial.pause(time);
        trial.process("worker-2").thaw();
    }

    private static List<String> skewed(String by) {
        Path faketime = Path.of("/usr/lib/" + System.getProperty("os.arch").replace("amd64", "x86_64")
                + "-linux-gnu/faketime/libfaketimeMT.so.1");
        assumeThat(faketime).as("libfaketime is installed").exists();
        return List.of(
                "env",
                "LD_PRELOAD=" + faketime,
                "FAKETIME=" + by,
                "DONT_FAKE_MONOTONIC=1",
                "FAKETIME_FORCE_MONOTONIC_FIX=0");
    }

    private static void expectSkew(Trial trial) throws Exception {
        JsonNode workers = trial.orders().get("/api/v1/workers").path("workers");
        assertThat(Math.abs(workers.get(1).path("clock_offset_ms").asDouble())).isBetween(29_000.0, 31_000.0);
        Trial.pause(Duration.ofSeconds(3));
    }

    private static Path disk(Trial trial) {
        return trial.field().home().resolveSibling("disk");
    }

    private static boolean succeeds(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    }
}
