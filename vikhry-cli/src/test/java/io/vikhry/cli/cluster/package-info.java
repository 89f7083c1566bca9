/**
 * Whole clusters of real processes, and what is done to them: the fixtures ({@link CountingTarget}, {@link RealProcess},
 * {@link TcpProxy}, {@link Orders}) and the tests of the promises that hold through it.
 */
package io.vikhry.cli.cluster;
