package io.vikhry.runtime.http;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The date after which a cookie is gone, read as RFC 6265 (5.1.1) has it: a time, a day, a month and a year in whatever order and
 * between whatever else. Servers write it in many ways, and a cookie whose date is not understood would never go away.
 */
final class CookieDate {
    private static final Pattern SEPARATORS = Pattern.compile("[\\x09\\x20-\\x2F\\x3B-\\x40\\x5B-\\x60\\x7B-\\x7E]+");
    private static final Pattern TIME = Pattern.compile("(\\d{1,2}):(\\d{1,2}):(\\d{1,2})(?:\\D.*)?");
    private static final Pattern DAY = Pattern.compile("(\\d{1,2})(?:\\D.*)?");
    private static final Pattern YEAR = Pattern.compile("(\\d{2,4})(?:\\D.*)?");
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final int FIRST_YEAR = 1601;

    private int hour = -1;
    private int minute;
    private int second;
    private int day;
    private int month;
    private int year = -1;

    private CookieDate() {}

    /** In ms since 1970; empty if it is no date. */
    static OptionalLong millis(String text) {
        CookieDate date = new CookieDate();
        for (String token : SEPARATORS.split(text)) {
            date.take(token);
        }
        return date.millis();
    }

    /** The first token of each kind counts, and those that are looked for earlier are taken from those looked for later. */
    private void take(String token) {
        Matcher time = TIME.matcher(token);
        Matcher number = DAY.matcher(token);
        Matcher years = YEAR.matcher(token);
        if (hour < 0 && time.matches()) {
            hour = Integer.parseInt(time.group(1));
            minute = Integer.parseInt(time.group(2));
            second = Integer.parseInt(time.group(3));
        } else if (day == 0 && number.matches()) {
            day = Integer.parseInt(number.group(1));
        } else if (month == 0 && month(token) > 0) {
            month = month(token);
        } else if (year < 0 && years.matches()) {
            int n = Integer.parseInt(years.group(1));
            year = n >= 100 ? n : n >= 70 ? n + 1900 : n + 2000;
        }
    }

    /** 0 if it is none. */
    private static int month(String token) {
        return token.length() < 3 ? 0 : 1 + MONTHS.indexOf(token.substring(0, 3).toLowerCase(Locale.ROOT));
    }

    private OptionalLong millis() {
        if (hour < 0 || day == 0 || month == 0 || year < FIRST_YEAR) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(LocalDateTime.of(year, month, day, hour, minute, second)
                    .toInstant(ZoneOffset.UTC)
                    .toEpochMilli());
        } catch (DateTimeException e) {
            return OptionalLong.empty();
        }
    }
}
