// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The loop indices of an element while the reduction loops run.
struct Loops {
    /// Coordinates of the element in the domain.
    uint256[] index;
    /// Sizes of the reduction loops. The indices of the innermost one are one *run*.
    uint32[] reduction;
    /// Indices of all reduction loops but the innermost one.
    uint256[] outer;
}

/// @notice An affine form of the loop indices.
struct Form {
    /// At the start of the run.
    int256 value;
    /// What the innermost reduction loop adds each time.
    int256 stride;
    /// What to add when one of the other loops goes on by one and all loops inside of it start again.
    int256[] steps;
}

/// @title Forms
/// @notice Affine forms that move by additions only.
library Forms {
    /// @notice The row-major coordinates of element `i` in the first `count` of some sizes.
    function coordinates(
        uint256 i,
        uint32[] memory sizes,
        uint256 count
    ) internal pure returns (uint256[] memory index) {
        index = new uint256[](count);
        unchecked {
            while (count-- > 0) {
                index[count] = i % sizes[count];
                i /= sizes[count];
            }
        }
    }

    /// @notice The form `start + sum(factors[i] * index[i])` at the start of the run that `loops` are in.
    /// @param factors Those of the domain, then those of the reduction.
    function place(
        int256 start,
        int64[] memory factors,
        Loops memory loops
    ) internal pure returns (Form memory form) {
        uint256[] memory index = loops.index;
        uint32[] memory reduction = loops.reduction;
        unchecked {
            // Sums of few products of 64 by 32 bits: far from 256 bits.
            for (uint256 i; i < index.length; ++i) start += factors[i] * int256(index[i]);
            form.value = start;
            if (reduction.length == 0) return form;
            uint256 outer = reduction.length - 1;
            form.stride = factors[index.length + outer];
            form.steps = new int256[](outer);
            // What the loops inside have added by the time they start again. A run adds nothing by itself.
            int256 inner;
            for (uint256 i = outer; i > 0; --i) {
                int256 factor = factors[index.length + i - 1];
                form.value += factor * int256(loops.outer[i - 1]);
                form.steps[i - 1] = factor - inner;
                inner += factor * (int256(uint256(reduction[i - 1])) - 1);
            }
        }
    }

    /// @notice Goes on by one in reduction loop `loop`, not the innermost; the loops inside of it start again.
    function advance(Form memory form, uint256 loop) internal pure {
        unchecked {
            form.value += form.steps[loop];
        }
    }

    /// @notice The value for element `i` of the run.
    function valueAt(Form memory form, uint256 i) internal pure returns (int256) {
        unchecked {
            return form.value + int256(i) * form.stride;
        }
    }

    /// @notice The elements of a run for which `0 <= form < size`: from `first` to below `end`, if there are any.
    function span(
        Form memory form,
        int256 size,
        uint256 length
    ) internal pure returns (uint256 first, uint256 end) {
        unchecked {
            int256 start = form.value;
            int256 stride = form.stride;
            if (stride == 0) return start >= 0 && start < size ? (0, length) : (0, 0);
            // A form that falls is one that rises from the other end of the run.
            if (stride < 0) start += stride * (int256(length) - 1);
            uint256 step = uint256(stride < 0 ? -stride : stride);
            if (start < 0) first = (uint256(-start) + step - 1) / step;
            if (start < size) end = (uint256(size - start) + step - 1) / step;
            if (end > length) end = length;
            if (stride < 0 && first < end) (first, end) = (length - end, length - first);
        }
    }
}
