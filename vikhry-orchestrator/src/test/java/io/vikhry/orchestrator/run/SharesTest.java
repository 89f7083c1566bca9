package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.VuRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharesTest {
    @ParameterizedTest
    @CsvSource({"1,1", "10,3", "100,7", "1000,4", "5000,2", "100000,10", "1000000,10", "1000000,100", "999999,7"})
    void equalWorkersDifferByOneUserAtMost(int users, int workers) {
        Shares shares = new Shares();
        shares.grow(users, workers(workers));

        List<Integer> sizes = sizes(shares, workers, users);

        assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(users);
        assertThat(max(sizes) - min(sizes)).isLessThanOrEqualTo(1);
    }

    @Test
    void growthByOneStaysBalanced() {
        Shares shares = new Shares();
        for (int users = 1; users <= 300; users++) {
            shares.grow(users, workers(7));
            List<Integer> sizes = sizes(shares, 7, users);
            assertThat(max(sizes) - min(sizes)).as("%d users", users).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void anyPartOfTheUsersIsNearlyBalanced() {
        Shares shares = new Shares();
        shares.grow(1_000_000, workers(10));
        for (int users = 10; users < 1_000_000; users += 1 + users / 7) {
            List<Integer> sizes = sizes(shares, 10, users);
            assertThat(max(sizes) - min(sizes)).as("%d users", users).isLessThanOrEqualTo(1 + users / 10 / 50);
        }
    }

    @Test
    void aMillionUsersAreAFewThousandRanges() {
        Shares shares = new Shares();
        shares.grow(1_000_000, workers(100));

        long ranges = shares.toAssign(RunPlan.LoadModel.USERS).values().stream()
                .mapToLong(s -> s.ranges().size())
                .sum();

        assertThat(ranges).isLessThan(100_000);
        Shares few = new Shares();
        few.grow(1_000_000, workers(10));
        assertThat(few.toAssign(RunPlan.LoadModel.USERS).values().stream()
                        .mapToLong(s -> s.ranges().size())
                        .sum())
                .isLessThan(15_000);
    }

    @Test
    void aWorkerWithTwiceTheCoresGetsTwiceTheUsers() {
        Shares shares = new Shares();
        shares.grow(3000, List.of(new Shares.Holder("small", 1, 2), new Shares.Holder("big", 2, 4)));

        assertThat(shares.usersOf("small", 3000)).isEqualTo(1000);
        assertThat(shares.usersOf("big", 3000)).isEqualTo(2000);
        assertThat(shares.usersOf("small", 300)).isBetween(95, 105);
    }

    @Test
    void oneWorkerHasTheProbesUntilItIsLost() {
        Shares shares = new Shares();
        shares.grow(0, workers(3));
        assertThat(probers(shares)).containsExactly("w0");

        shares.lose("w1", 2, workers(1));
        shares.grow(100, List.of(new Shares.Holder("a", 9, 1)));
        assertThat(probers(shares)).as("others come and go").containsExactly("w0");

        shares.lose("w0", 1, List.of());
        assertThat(probers(shares)).as("nobody is there to take them").isEmpty();
        shares.grow(100, List.of(new Shares.Holder("w2", 3, 1)));
        assertThat(probers(shares)).containsExactly("w2");

        Shares successor = new Shares();
        successor.take(shares.toAssign(RunPlan.LoadModel.USERS), List.of());
        assertThat(probers(successor)).as("another orchestrator knows").containsExactly("w2");
    }

    private static List<String> probers(Shares shares) {
        return shares.toAssign(RunPlan.LoadModel.USERS).entrySet().stream()
                .filter(share -> share.getValue().probes())
                .map(Map.Entry::getKey)
                .toList();
    }

    @Test
    void usersOfALostWorkerGoToTheOthersAndWaitIfThereIsNone() {
        Shares shares = new Shares();
        shares.grow(10, workers(2));
        shares.lose("w0", 1, List.of(new Shares.Holder("w1", 2, 1)));
        assertThat(shares.usersOf("w1", 10)).isEqualTo(10);
        assertThat(shares.toAssign(RunPlan.LoadModel.USERS).get("w1").ranges()).containsExactly(new VuRange(0, 10));

        shares.lose("w1", 2, List.of());
        assertThat(shares.orphans()).isEqualTo(10);
        assertThat(shares.toAssign(RunPlan.LoadModel.USERS)).isEmpty();

        shares.grow(10, List.of(new Shares.Holder("w1", 9, 1)));
        assertThat(shares.orphans()).isZero();
        assertThat(shares.fences()).containsEntry("w1", 9L);
    }

    @Test
    void aLateWorkerIsGivenItsPartOnceTheOthersHaveLetGo() {
        for (int users : new int[] {2, 20, 1000, 100_000}) {
            Shares shares = new Shares();
            shares.grow(users, workers(1));
            assertThat(shares.rebalance(workers(2), 2)).isTrue();
            assertThat(shares.usersOf("w1", users)).as("before w0 has said so").isZero();
            assertThat(shares.usersOf("w0", users)).isBetween(users / 2, users / 2 + users / 50);

            assertThat(shares.settle("w0", 1, 1, workers(2)))
                    .as("an older version")
                    .isFalse();
            assertThat(shares.settle("w0", 1, 2, workers(2))).isTrue();
            List<Integer> all = sizes(shares, 2, users);
            assertThat(max(all) - min(all)).as("%s", all).isLessThanOrEqualTo(users / 50);
            List<Integer> half = sizes(shares, 2, users / 2);
            assertThat(max(half) - min(half))
                    .as("at half of the load: %s", half)
                    .isLessThan(2 + users / 50);
            assertThat(shares.rebalance(workers(2), 3)).isFalse();
        }
    }

    @Test
    void aThirdWorkerTakesAThirdAndNothingElseMoves() {
        Shares shares = new Shares();
        shares.grow(900, workers(2));
        assertThat(shares.rebalance(workers(3), 2)).isTrue();
        int moving = shares.transit().stream()
                .flatMap(each -> each.ranges().stream())
                .mapToInt(VuRange::size)
                .sum();
        assertThat(moving).isBetween(290, 320);
        shares.settle("w0", 1, 2, workers(3));
        shares.settle("w1", 2, 2, workers(3));
        assertThat(sizes(shares, 3, 900)).allSatisfy(n -> assertThat(n).isBetween(290, 310));
    }

    @Test
    void growthByOneUserAtATimeStaysBalanced() {
        Shares shares = new Shares();
        for (int users = 1; users <= 500; users++) {
            shares.grow(users, workers(4));
            List<Integer> sizes = sizes(shares, 4, users);
            assertThat(max(sizes) - min(sizes)).isLessThanOrEqualTo(1);
            assertThat(shares.rebalance(workers(4), users)).isFalse();
        }
    }

    @Test
    void usersOfAWorkerThatDiesWhileTheyMoveGoToOthersToo() {
        Shares shares = new Shares();
        shares.grow(100, workers(1));
        shares.rebalance(workers(2), 2);
        shares.lose("w0", 1, List.of(new Shares.Holder("w1", 2, 2)));
        assertThat(shares.transit()).isEmpty();
        assertThat(shares.usersOf("w1", 100)).isEqualTo(100);
    }

    @Test
    void anotherOrchestratorKnowsWhoHasWhatAndWhatMoves() {
        Shares shares = new Shares();
        shares.grow(100, workers(2));
        shares.rebalance(workers(3), 2);
        Shares taken = new Shares();
        taken.take(shares.toAssign(RunPlan.LoadModel.USERS), shares.transit());

        assertThat(taken.size()).isEqualTo(100);
        assertThat(taken.orphans()).isZero();
        assertThat(taken.settle("w0", 1, 2, workers(3))).isTrue();
        assertThat(taken.settle("w1", 2, 2, workers(3))).isTrue();
        assertThat(sizes(taken, 3, 100).stream().mapToInt(n -> n).sum()).isEqualTo(100);
    }

    /** Nobody runs twice: whatever happens, a user number is in one place. */
    @RepeatedTest(30)
    void noUserIsEverInTwoPlaces(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Shares shares = new Shares();
        List<Shares.Holder> live = new ArrayList<>(workers(1 + random.nextInt(6)));
        int names = live.size();
        for (int step = 0; step < 20; step++) {
            switch (random.nextInt(5)) {
                case 0 -> shares.grow(random.nextInt(5000), live);
                case 1 -> {
                    if (!live.isEmpty()) {
                        Shares.Holder lost = live.remove(random.nextInt(live.size()));
                        shares.lose(lost.workerId(), lost.fence(), live);
                    }
                }
                case 2 -> shares.rebalance(live, step);
                case 3 -> {
                    List<Shares.Transit> transit = shares.transit();
                    if (!transit.isEmpty()) {
                        Shares.Transit each = transit.get(random.nextInt(transit.size()));
                        shares.settle(each.workerId(), each.fence(), step, live);
                    }
                }
                default -> {
                    live.add(new Shares.Holder("w" + names++, names, 1 + random.nextInt(4)));
                    shares.grow(shares.size(), live);
                }
            }
            BitSet seen = new BitSet();
            for (Assignment.Share share :
                    shares.toAssign(RunPlan.LoadModel.USERS).values()) {
                for (VuRange range : share.ranges()) {
                    assertThat(seen.get(range.from(), range.to()).cardinality()).isZero();
                    seen.set(range.from(), range.to());
                }
            }
            int moving = 0;
            for (Shares.Transit each : shares.transit()) {
                for (VuRange range : each.ranges()) {
                    assertThat(seen.get(range.from(), range.to()).cardinality()).isZero();
                    seen.set(range.from(), range.to());
                    moving += range.size();
                }
            }
            assertThat(seen.cardinality() + shares.orphans())
                    .as("%d moving", moving)
                    .isEqualTo(shares.size());
        }
    }

    private static List<Shares.Holder> workers(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Shares.Holder("w" + i, i + 1, 2))
                .toList();
    }

    private static List<Integer> sizes(Shares shares, int workers, int users) {
        return IntStream.range(0, workers)
                .mapToObj(i -> shares.usersOf("w" + i, users))
                .toList();
    }

    private static int max(List<Integer> sizes) {
        return sizes.stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    private static int min(List<Integer> sizes) {
        return sizes.stream().mapToInt(Integer::intValue).min().orElse(0);
    }
}
