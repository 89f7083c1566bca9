package io.vikhry.orchestrator.http;

import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.Safety;
import io.vikhry.orchestrator.run.StartRequest;
import org.jspecify.annotations.Nullable;

/** What a request to start says of the open model, with what it leaves out filled in. */
final class OpenLoad {
    /** Users that a run may have where nobody says. */
    private static final int MAX_USERS = 10_000;
    /** The time for which a user is busy with an arrival, guessed so that the first arrivals find somebody. */
    private static final double GUESSED_SECONDS = 0.1;

    private OpenLoad() {}

    /** The open load, or {@code null} where no rate is given: users decide then. It grows within {@code safety}. */
    static StartRequest.@Nullable Open of(Body body, Safety safety) {
        if (!body.has("rate")) {
            for (String field : new String[] {"arrivals", "max_users"}) {
                if (body.has(field)) {
                    throw body.without(field, "goes with rate, which is missing");
                }
            }
            return null;
        }
        double rate = body.number("rate", StartRequest.MAX_RATE);
        if (Integer.valueOf(0).equals(safety.maxUsers())) {
            throw body.without("rate", "needs users to serve it, and safety.max_users is 0");
        }
        int users = body.has("users") ? body.wholeNumber("users", 0, StartRequest.MAX_USERS) : 0;
        int most = body.has("max_users")
                ? body.wholeNumber("max_users", 1, StartRequest.MAX_USERS)
                : Math.max(Math.min(MAX_USERS, safety.maxUsers() == null ? MAX_USERS : safety.maxUsers()), users);
        return new StartRequest.Open(rate, body.oneOf("arrivals", RunPlan.Arrivals.CONSTANT), most);
    }

    /** Users that begin with the load. */
    static int users(Body body, StartRequest.Open open) {
        return body.has("users")
                ? body.wholeNumber("users", 0, open.maxUsers())
                : Math.min(open.maxUsers(), guess(open.rate()));
    }

    private static int guess(double rate) {
        return (int) Math.min(MAX_USERS, Math.max(1, Math.ceil(rate * GUESSED_SECONDS)));
    }
}
