namespace Sluice;

/// <summary>A transport to go on with, and how many numbered frames the other side has received.</summary>
internal readonly record struct Resumption(Transport Transport, long Received);
