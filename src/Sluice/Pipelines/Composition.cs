namespace Sluice;

/// <summary>Composition with <c>|</c>: the same as <c>Through</c> and <c>To</c>. Thread safety: as what is composed.</summary>
public static class Composition
{
    extension<T, TOut>(Source<T>)
    {
        /// <summary>Sends a source's items through a stage.</summary>
        /// <param name="source">The source.</param>
        /// <param name="stage">The stage.</param>
        /// <returns>The longer source.</returns>
        public static Source<TOut> operator |(Source<T> source, Stage<T, TOut> stage)
        {
            ArgumentNullException.ThrowIfNull(source);
            return source.Through(stage);
        }
    }

    extension<TIn, TMiddle, TOut>(Stage<TIn, TMiddle>)
    {
        /// <summary>Puts a stage behind another.</summary>
        /// <param name="first">The stage that gets the items.</param>
        /// <param name="second">The stage that gets what the first sends on.</param>
        /// <returns>Both as one stage.</returns>
        public static Stage<TIn, TOut> operator |(Stage<TIn, TMiddle> first, Stage<TMiddle, TOut> second)
        {
            ArgumentNullException.ThrowIfNull(first);
            ArgumentNullException.ThrowIfNull(second);
            return new(first.Row.Then(second.Row));
        }
    }

    extension<T>(Source<T>)
    {
        /// <summary>Ends a pipeline with a sink.</summary>
        /// <param name="source">The source.</param>
        /// <param name="sink">The sink.</param>
        /// <returns>The pipeline.</returns>
        public static Pipeline operator |(Source<T> source, Sink<T> sink)
        {
            ArgumentNullException.ThrowIfNull(source);
            return source.To(sink);
        }
    }

    extension<T, TResult>(Source<T>)
    {
        /// <summary>Ends a pipeline with a sink that has a result.</summary>
        /// <param name="source">The source.</param>
        /// <param name="sink">The sink.</param>
        /// <returns>The pipeline.</returns>
        public static Pipeline<TResult> operator |(Source<T> source, Sink<T, TResult> sink)
        {
            ArgumentNullException.ThrowIfNull(source);
            return source.To(sink);
        }
    }

    extension<TIn, TOut>(Stage<TIn, TOut>)
    {
        /// <summary>Puts a stage before a sink.</summary>
        /// <param name="stage">The stage.</param>
        /// <param name="sink">The sink; several stages that lead to the same sink merge there.</param>
        /// <returns>Both as one sink.</returns>
        public static Sink<TIn> operator |(Stage<TIn, TOut> stage, Sink<TOut> sink)
        {
            ArgumentNullException.ThrowIfNull(stage);
            ArgumentNullException.ThrowIfNull(sink);
            return new(sink.Point.After(stage.Specs));
        }
    }

    extension<TIn, TOut, TResult>(Stage<TIn, TOut>)
    {
        /// <summary>Puts a stage before a sink that has a result.</summary>
        /// <param name="stage">The stage.</param>
        /// <param name="sink">The sink.</param>
        /// <returns>Both as one sink.</returns>
        public static Sink<TIn, TResult> operator |(Stage<TIn, TOut> stage, Sink<TOut, TResult> sink)
        {
            ArgumentNullException.ThrowIfNull(stage);
            ArgumentNullException.ThrowIfNull(sink);
            return new(sink.Point.After(stage.Specs));
        }
    }
}
