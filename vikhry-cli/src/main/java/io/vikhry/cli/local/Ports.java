package io.vikhry.cli.local;

import io.vikhry.cli.Failure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports of this machine. */
public final class Ports {
    private static final int TRIES = 100;

    private Ports() {}

    /** Whether something could listen there now. */
    public static boolean free(String host, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Says which host is not here and which port is not to be had, before anything is started. */
    public static void requireFree(String host, int port) {
        if (!free(host, 0)) {
            throw Failure.usage("--host " + host + " is no address of this machine: leave it out for 127.0.0.1");
        }
        if (!free(host, port)) {
            throw Failure.environment("port " + port + " on " + host
                    + " is taken, or not for this user: choose another with --port, or 0 for a free one");
        }
    }

    /** {@code port} if it is free, else the next that is. */
    public static int freeFrom(String host, int port) {
        for (int candidate = port; candidate < Math.min(port + TRIES, 65_536); candidate++) {
            if (free(host, candidate)) {
                return candidate;
            }
        }
        throw Failure.environment("no free port on " + host + " from " + port + " on: choose one with --port");
    }
}
