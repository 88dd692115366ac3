// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CallbackReceiver} from "../../contracts/consumer/CallbackReceiver.sol";
import {IAccountabilityCallback} from "../../contracts/interfaces/IAccountabilityCallback.sol";
import {ICallbacks} from "../../contracts/interfaces/ICallbacks.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ReceiptId} from "../../contracts/types/ReceiptId.sol";

/// @title Diary
/// @notice Writes down what it is told.
contract Diary is CallbackReceiver {
    uint256 public entries;
    bytes32 public lastId;
    ICallbacks.Kind public lastKind;
    uint256 public faults;

    constructor(ICallbacks callbacks_) CallbackReceiver(callbacks_) {}

    function _onDisputed(ReceiptId receiptId, Receipt calldata) internal override {
        _write(receiptId, ICallbacks.Kind.Disputed);
    }

    function _onConvicted(ReceiptId receiptId, Receipt calldata, uint256 faults_) internal override {
        faults = faults_;
        _write(receiptId, ICallbacks.Kind.Convicted);
    }

    function _onFinal(ReceiptId receiptId, Receipt calldata) internal override {
        _write(receiptId, ICallbacks.Kind.Final);
    }

    function _write(ReceiptId receiptId, ICallbacks.Kind kind) private {
        ++entries;
        (lastId, lastKind) = (ReceiptId.unwrap(receiptId), kind);
    }
}

/// @title Devious
/// @notice Wants to be called, to do harm. If it is slow, it wastes what ERC-165 gives it, too.
contract Devious {
    enum Trick {
        None,
        Revert,
        Burn,
        ReturnBomb,
        RevertBomb,
        Reenter,
        CountGas
    }

    address private immutable _callbacks;
    Trick private _trick;
    bool private _slow;
    bytes private _call;
    /// @dev Selector of the error with which the inner call was refused.
    bytes4 public refused;
    uint256 public gasSeen;

    error NotInTheMood();

    constructor(ICallbacks callbacks_) {
        _callbacks = address(callbacks_);
    }

    function set(Trick trick) external {
        _trick = trick;
    }

    function setSlow(bool slow) external {
        _slow = slow;
    }

    function arm(bytes calldata call) external {
        _call = call;
    }

    function onFinal(ReceiptId, Receipt calldata) external {
        uint256 gas = gasleft();
        if (_trick == Trick.Revert) revert NotInTheMood();
        if (_trick == Trick.Burn) _burn(0);
        if (_trick == Trick.ReturnBomb) _bomb(false);
        if (_trick == Trick.RevertBomb) _bomb(true);
        if (_trick == Trick.CountGas) gasSeen = gas;
        if (_trick == Trick.Reenter) _reenter();
    }

    function supportsInterface(bytes4 id) external view returns (bool) {
        if (_slow) _burn(3_000);
        return id != 0xffffffff;
    }

    function _reenter() private {
        (bool success, bytes memory result) = _callbacks.call(_call);
        if (!success) refused = bytes4(result);
    }

    function _burn(uint256 rest) private view {
        while (gasleft() > rest) {}
    }

    /// @dev As much as its gas pays for: 128 KiB of memory cost 45,000.
    function _bomb(bool reverts) private pure {
        assembly {
            if reverts {
                revert(0, 131072)
            }
            return(0, 131072)
        }
    }
}

/// @title Misfit
/// @notice Does not answer as ERC-165 wants.
contract Misfit {
    enum Kind {
        AlwaysYes,
        Endless,
        Long
    }

    Kind private immutable _kind;

    constructor(Kind kind) {
        _kind = kind;
    }

    function supportsInterface(bytes4) external view returns (bool) {
        if (_kind == Kind.AlwaysYes) return true;
        while (_kind == Kind.Endless) {}
        assembly {
            // Zeros, of all the memory that 30,000 gas pay for.
            return(0, 65536)
        }
    }

    /// @dev Nobody may get here.
    function onFinal(ReceiptId, Receipt calldata) external pure {
        revert();
    }
}

/// @title Gone
/// @notice Makes a contract and destroys it in one transaction, which is when that still works.
contract Gone {
    address public immutable last;

    constructor() {
        // CALLER, SELFDESTRUCT; as source it would not compile without a warning.
        bytes memory code = hex"6133ff5f526002601ef3";
        address made;
        assembly {
            made := create(0, add(code, 32), mload(code))
        }
        (bool success, ) = made.call("");
        require(success);
        last = made;
    }
}
