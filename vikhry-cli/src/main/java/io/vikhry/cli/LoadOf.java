package io.vikhry.cli;

import io.vikhry.cli.remote.Load;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How much load. */
final class LoadOf {
    private static final int MAX_USERS = 1_000_000;
    private static final double MAX_RATE = 10_000_000;

    @Option(
            names = {"-u", "--users"},
            paramLabel = "N",
            description = "0 to 1,000,000. With --rate: users that begin with the load; more come as they are needed.")
    @Nullable Integer users;

    @Option(
            names = {"-r", "--rate"},
            paramLabel = "R",
            description = "Arrivals per second, whoever is free: the open model. Each is one step of one user.")
    @Nullable Double rate;

    @Option(names = "--poisson", description = "With --rate: arrivals at random. Default: evenly spaced.")
    boolean poisson;

    @Option(
            names = "--max-users",
            paramLabel = "N",
            description = "Users there may be at most, now and after every change. Default with --rate: 10000.")
    @Nullable Integer maxUsers;

    Load checked() {
        if (rate == null) {
            if (users == null) {
                throw Failure.usage("give --users N, or --rate R for arrivals per second");
            }
            if (poisson) {
                throw Failure.usage("--poisson goes with --rate");
            }
        } else {
            requireRate(rate);
        }
        if (users != null) {
            requireUsers(users);
        }
        if (maxUsers != null && (maxUsers < 1 || maxUsers > MAX_USERS)) {
            throw Failure.usage("--max-users must be 1 to 1000000, not " + maxUsers);
        }
        if (maxUsers != null && users != null && users > maxUsers) {
            throw Failure.usage("--users " + users + " are more than --max-users " + maxUsers);
        }
        return new Load(users, rate, poisson, maxUsers);
    }

    static void requireUsers(int users) {
        if (users < 0 || users > MAX_USERS) {
            throw Failure.usage("--users must be 0 to 1000000, not " + users);
        }
    }

    static void requireRate(double rate) {
        if (!(rate >= 0 && rate <= MAX_RATE)) {
            throw Failure.usage("--rate must be 0 to 10000000 arrivals per second, not " + rate);
        }
    }
}
