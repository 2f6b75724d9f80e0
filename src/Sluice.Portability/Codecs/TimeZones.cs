namespace Sluice;

/// <summary>Time zones as bytes: those of the system by their id, others by their rules.</summary>
internal static class TimeZones
{
    internal static void Write(ByteSink to, TimeZoneInfo zone)
    {
        to.WriteText(zone.Id);
        var isOfSystem = IsOfSystem(zone);
        to.WriteBool(isOfSystem);
        if (isOfSystem)
        {
            return;
        }

        to.WriteText(zone.DisplayName);
        to.WriteText(zone.StandardName);
        to.WriteText(zone.DaylightName);
        to.WriteSigned(zone.BaseUtcOffset.Ticks);
        to.WriteBool(zone.SupportsDaylightSavingTime);
        var rules = zone.GetAdjustmentRules();
        to.WriteCount(rules.Length);
        foreach (var rule in rules)
        {
            to.WriteSigned(rule.DateStart.Ticks);
            to.WriteSigned(rule.DateEnd.Ticks);
            to.WriteByte((byte)rule.DateStart.Kind);
            to.WriteSigned(rule.DaylightDelta.Ticks);
            to.WriteSigned(rule.BaseUtcOffsetDelta.Ticks);
            Write(to, rule.DaylightTransitionStart);
            Write(to, rule.DaylightTransitionEnd);
        }
    }

    internal static TimeZoneInfo Read(ByteSource from)
    {
        var id = from.ReadText();
        if (from.ReadBool())
        {
            return TimeZoneInfo.TryFindSystemTimeZoneById(id, out var known) ? known : throw new SnapshotException($"The snapshot has the time zone '{id}', which this system does not know.");
        }

        var (display, standard, daylight) = (from.ReadText(), from.ReadText(), from.ReadText());
        var (offset, hasDaylight) = (new TimeSpan(from.ReadSigned()), from.ReadBool());
        var rules = new TimeZoneInfo.AdjustmentRule[from.ReadCount(7)]; // a rule takes more bytes than that
        for (var i = 0; i < rules.Length; i++)
        {
            var (start, end, kind) = (from.ReadSigned(), from.ReadSigned(), (DateTimeKind)from.ReadByte());
            var (delta, baseDelta) = (new TimeSpan(from.ReadSigned()), new TimeSpan(from.ReadSigned()));
            rules[i] = TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(new(start, kind), new(end, kind), delta, ReadTransition(from), ReadTransition(from), baseDelta);
        }

        return TimeZoneInfo.CreateCustomTimeZone(id, offset, display, standard, daylight, rules, disableDaylightSavingTime: !hasDaylight);
    }

    /// <summary>The reason why it would not come back the same.</summary>
    internal static string? Refusal(TimeZoneInfo zone)
    {
        if (IsOfSystem(zone))
        {
            return null;
        }

        try
        {
            return LeafCodecs.Reread(zone, Write, Read).Equals(zone) ? null : Reason(zone);
        }
        catch (ArgumentException)
        {
            return Reason(zone); // its rules are such that only the system can make them
        }
        catch (InvalidTimeZoneException)
        {
            return Reason(zone);
        }
    }

    private static string Reason(TimeZoneInfo zone) => $"the time zone '{zone.Id}' is none of the system's, and cannot be made again from its rules. Keep its id, or take one from TimeZoneInfo.FindSystemTimeZoneById";

    /// <summary>One without rules can always be made again with the names that it has; of others the names depend on the culture in which the system made them.</summary>
    private static bool IsOfSystem(TimeZoneInfo zone) => TimeZoneInfo.TryFindSystemTimeZoneById(zone.Id, out var known) && known.Equals(zone)
        && (zone.GetAdjustmentRules().Length > 0 || (known.DisplayName, known.StandardName, known.DaylightName) == (zone.DisplayName, zone.StandardName, zone.DaylightName));

    private static void Write(ByteSink to, TimeZoneInfo.TransitionTime time)
    {
        to.WriteSigned(time.TimeOfDay.Ticks);
        to.WriteByte((byte)time.Month);
        to.WriteBool(time.IsFixedDateRule);
        to.WriteByte((byte)(time.IsFixedDateRule ? time.Day : time.Week));
        to.WriteByte((byte)time.DayOfWeek);
    }

    private static TimeZoneInfo.TransitionTime ReadTransition(ByteSource from)
    {
        var (time, month, isFixed, day, weekday) = (new DateTime(from.ReadSigned()), (int)from.ReadByte(), from.ReadBool(), (int)from.ReadByte(), (DayOfWeek)from.ReadByte());
        return month == 0 ? default // a rule without daylight saving time
            : isFixed ? TimeZoneInfo.TransitionTime.CreateFixedDateRule(time, month, day)
            : TimeZoneInfo.TransitionTime.CreateFloatingDateRule(time, month, day, weekday);
    }
}
