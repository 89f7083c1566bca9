package io.vikhry.api;

/**
 * One event of a {@code text/event-stream}.
 *
 * @param type the {@code event} field, {@code message} where there was none
 * @param data the {@code data} lines, joined by line feeds
 * @param id the last {@code id} that came with this event or before it; empty if none did
 */
public record ServerSentEvent(String type, String data, String id) {}
