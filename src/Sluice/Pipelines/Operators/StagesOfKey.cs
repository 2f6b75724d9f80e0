namespace Sluice;

/// <content>What runs for a key, and how it is started.</content>
public static partial class Stage
{
    /// <summary>Starts the stages of a key.</summary>
    private abstract class KeyStarter<TIn, TKey, TStages>
        where TStages : struct, IStagesOfKey<TIn, TStages>
    {
        /// <summary>The windows whose watermark is that of all keys; null if there cannot be any.</summary>
        internal virtual KeyWindows? Windows => null;

        internal abstract TStages Start(TKey key);

        /// <summary>The key and its stages, of one that was started here.</summary>
        internal virtual (TKey Key, TStages Stages) Of(IStageKey key) => throw new InvalidOperationException("A coroutine of a key has no windows.");

        /// <summary>Notes the key, and the stage, in an error that comes from there. Always true. Of nested keys the innermost is kept; the end of what is behind has
        /// nothing to do with a key.</summary>
        internal bool Note(Exception error, TKey key, TStages stages)
        {
            if (error is not (TargetClosedException { Failed: false } or OperationCanceledException) && error.NoteOf("Sluice.Key") is null)
            {
                error.Note("Sluice.Key", key);
                if (NameOfFailed(stages) is { } name && error.NoteOf("Sluice.InnerStage") is null)
                {
                    error.Note("Sluice.InnerStage", name);
                }
            }

            return true;
        }

        private protected virtual string? NameOfFailed(TStages stages) => null;
    }

    /// <summary>A coroutine of the user's.</summary>
    private readonly record struct CoroutineOfKey<TIn>(CoroutineTarget<TIn>? First) : IStagesOfKey<TIn, CoroutineOfKey<TIn>>
    {
        public IStartedTarget[]? Others => null;

        public bool IsOver => First!.IsClosed;
    }

    /// <summary>Starts coroutines with one delegate for all of them: the key is used only while the method is called.</summary>
    private sealed class CoroutineStarter<TIn, TKey, TOut> : KeyStarter<TIn, TKey, CoroutineOfKey<TIn>>, IKeyCoroutines
        where TKey : notnull
    {
        private readonly Inbox<TIn> _items;
        private readonly Func<TKey, Inbox<TIn>, Target<TOut>, Coroutine> _stage;
        private readonly Target<TOut> _next;
        private readonly Func<Inbox<TIn>, Coroutine> _call;
        private TKey _key = default!;

        internal CoroutineStarter(Inbox<TIn> items, Func<TKey, Inbox<TIn>, Target<TOut>, Coroutine> stage, Target<TOut> next)
        {
            (_items, _stage, _next) = (items, stage, next);
            _call = Call;
        }

        internal override CoroutineOfKey<TIn> Start(TKey key)
        {
            _key = key;
            return new(_items.StartInner(_call));
        }

        CalledOfKey? IKeyCoroutines.CallAgain(IEnumerable<object?> locals)
        {
            if (locals.OfType<KeyTable<TKey, CoroutineOfKey<TIn>>>().FirstOrDefault() is not { } keys || !keys.TryFindFirst(static stages => stages.First is { IsClosed: false }, out var key, out var stages))
            {
                return null;
            }

            _key = key;
            var first = stages.First!;
            return new(key, first, first.CallDeferred(_call), first.CallDeferred(_call));
        }

        private Coroutine Call(Inbox<TIn> inbox) => _stage(_key, inbox, _next);
    }

    /// <summary>Stages in a row.</summary>
    private readonly record struct RowOfKey<TIn, TOut>(ResultsOfKey<TIn, TOut>? Results) : IStagesOfKey<TIn, RowOfKey<TIn, TOut>>
    {
        public CoroutineTarget<TIn>? First => Results?.First;

        public IStartedTarget[]? Others => Results!.Others;

        public bool IsOver => First!.IsClosed || (Results!.Behind is { } behind && Array.Exists(behind, static stage => stage.IsClosed));
    }

    /// <summary>The same for one type of keys and results.</summary>
    private sealed class ResultsOfKey<TIn, TKey, TOut, TResult>(RowStarter<TIn, TKey, TOut, TResult> starter, TKey key) : ResultsOfKey<TIn, TOut>
    {
        public override bool IsClosed => starter.Next.IsClosed;

        public override KeyScope Scope => starter.Windows;

        internal TKey Key => key;

        public override bool Note(Exception error) => starter.Note(error, key, new(this));

        public override ValueTask SendAsync(TOut item)
        {
            TResult result;
            try
            {
                result = starter.Result(key, item);
            }
            catch (Exception error)
            {
                return ValueTask.FromException(error);
            }

            return starter.Next.SendAsync(result);
        }

        public override ValueTask ThrowAsync(Exception error) => starter.Next.ThrowAsync(error);

        public override ValueTask CloseAsync() => starter.Next.CloseAsync();
    }

    /// <summary>Starts a row of stages for each key.</summary>
    private sealed class RowStarter<TIn, TKey, TOut, TResult>(Inbox<TIn> items, NodeSpec[] specs, Func<TKey, TOut, TResult> result, Target<TResult> next) : KeyStarter<TIn, TKey, RowOfKey<TIn, TOut>>
    {
        private readonly StageInKey<TIn> _host = new(items);

        internal Target<TResult> Next => next;

        internal Func<TKey, TOut, TResult> Result => result;

        internal override KeyWindows Windows { get; } = new(items.TimeProvider, specs);

        internal override RowOfKey<TIn, TOut> Start(TKey key)
        {
            var results = new ResultsOfKey<TIn, TKey, TOut, TResult>(this, key);
            results.First = _host.Start(specs, results, results, out results.Behind, out results.Others);
            return new(results);
        }

        internal override (TKey Key, RowOfKey<TIn, TOut> Stages) Of(IStageKey key)
        {
            var results = (ResultsOfKey<TIn, TKey, TOut, TResult>)key;
            return (results.Key, new(results));
        }

        /// <summary>The last one that has failed: those before it have failed by its failure.</summary>
        private protected override string? NameOfFailed(RowOfKey<TIn, TOut> stages) =>
            stages.Others is { } others && Array.FindLast(others, static stage => stage.Status == CoroutineStatus.Faulted) is { } failed ? failed.Name : stages.First!.Name;
    }
}

/// <summary>The stages of a key. The default value stands for a key that is only remembered.</summary>
internal interface IStagesOfKey<TIn, TSelf> : IEquatable<TSelf>
    where TSelf : struct
{
    /// <summary>The stage that gets the items; null if the key is only remembered.</summary>
    CoroutineTarget<TIn>? First { get; }

    /// <summary>The others, those behind the first one first; null if there are none.</summary>
    IStartedTarget[]? Others { get; }

    /// <summary>Gets whether one of the stages in a row has ended, and so the key has.</summary>
    bool IsOver { get; }
}

/// <summary>Where the last stage of a key sends to, with the stages: one object for both, since there may be a million keys.</summary>
internal abstract class ResultsOfKey<TIn, TOut> : Target<TOut>, IStageKey
{
    internal CoroutineTarget<TIn> First = null!;
    internal IStartedTarget[]? Behind;
    internal IStartedTarget[]? Others;

    public abstract KeyScope Scope { get; }

    public abstract bool Note(Exception error);
}
