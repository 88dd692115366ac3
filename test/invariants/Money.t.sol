// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Onus} from "../../contracts/core/Onus.sol";
import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {IStake} from "../../contracts/interfaces/IStake.sol";
import {DemoToken} from "../../contracts/mocks/DemoToken.sol";
import {Lock} from "../../contracts/types/Lock.sol";
import {Test} from "../helpers/Vm.sol";
import {OmissionHandler} from "./handlers/OmissionHandler.sol";
import {PayoutsHandler} from "./handlers/PayoutsHandler.sol";
import {ReceiptsHandler} from "./handlers/ReceiptsHandler.sol";
import {StakeHandler} from "./handlers/StakeHandler.sol";

/// @title MoneyInvariantTest
/// @notice Everything that anybody may try, in any order, against books that are kept from the rules alone.
/// @dev Where the invariants of a registry of stakes (I1 to I20) are:
/// ```
/// I1 locked is the sum of the open bonds           theBooksAreThoseOfTheRules
/// I2 half of the stake is free at every anchor     StakeHandler.startThaw, ReceiptsHandler._book
/// I3 capacity is what can be anchored              theBooksAreThoseOfTheRules, ReceiptsHandler.attest and anchor
/// I4 what thaws leaves in time, in full            StakeHandler.withdraw
/// I5 a conviction takes exactly its bond           theBooksAreThoseOfTheRules
/// I6 the punitive part touches no other bond       theBooksAreThoseOfTheRules
/// I7 what is taken is divided to the last unit     everyTokenIsSomebodys, PayoutsHandler
/// I8 every token is somebody's                     everyTokenIsSomebodys
/// I9 states only go forward                        ReceiptsHandler, ConvictionsHandler: success exactly when due
/// I10 restitution is the coverage                  PayoutsHandler.claimRestitution
/// I11 no release before time and blocks are over   ReceiptsHandler.releaseBatches and releaseReceipt
/// I12 nothing that is due can be denied            every action: success exactly when due
/// I13 payouts add up                               everyTokenIsSomebodys
/// I14 the excluded only leave                      StakeHandler.deposit, ReceiptsHandler._isAnchorable
/// I15 to I18 reputation                            test/reputation; here seasoned and slashed within the exposure
/// I19 who knew first has the reward                ConvictionsHandler, PayoutsHandler.claimReward
/// I20 a lock and a payout keep their terms         theBooksAreThoseOfTheRules
/// ```
contract MoneyInvariantTest is Test {
    /// @dev A 4,000th of a full counter: a year after it was.
    uint256 private constant FULL_LATELY = type(uint56).max >> 12;

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    uint256 private constant PROVIDERS = 3;
    /// @dev Runs and calls of `test_everyActionSucceedsSometimes`.
    uint256 private constant RUNS = 24;
    uint256 private constant DEPTH = 100;

    OmissionHandler private _handler;
    Onus private _onus;
    DemoToken private _token;

    function setUp() public {
        _handler = new MoneyHandler();
        Address.sendValue(payable(address(_handler)), 10 ether);
        _handler.setUp();
        _onus = _handler.registry();
        _token = DemoToken(address(_onus.token()));
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_handler), _selectors());
    }

    /// @dev I1, I3, I5, I6, I20, and I2 as far as it holds after convictions: nothing is reserved twice.
    /// hardhat-config: invariant.failOnRevert = true
    function invariant_theBooksAreThoseOfTheRules() public view {
        assertEq(_onus.clock(), _handler.ghostClock(), "clock");
        for (uint256 i; i < PROVIDERS; ++i) _assertLedger(_handler.providerAt(i));
        for (uint256 i; i < _handler.lockCount(); ++i) _assertLock(i);
    }

    /// @dev I7, I8, I13, I19.
    /// hardhat-config: invariant.failOnRevert = true
    function invariant_everyTokenIsSomebodys() public view {
        uint256 sum = _handler.owed() + _handler.donated();
        for (uint256 i; i < PROVIDERS; ++i) {
            address who = _handler.providerAt(i);
            sum += uint256(_onus.account(who).active) + _onus.thaw(who).amount;
        }
        assertEq(_token.balanceOf(address(_onus)), sum, "token balance");
        assertEq(_handler.omissions().balance, _handler.claimBonds(), "bonds of claims");
        for (uint256 i; i < _handler.payoutCount(); ++i) _assertPayout(i);
    }

    /// @dev I4, I9 to I12, I14, I19: every call succeeded exactly when it was due. And of reputation what holds for every
    /// formula: what was seasoned or slashed was exposed.
    /// hardhat-config: invariant.failOnRevert = true
    function invariant_nothingForbiddenHappensAndNothingDueIsDenied() public view {
        assertEq(_handler.violation(), "", "violation");
        for (uint256 i; i < PROVIDERS; ++i) {
            IReputation.Standing memory standing = _onus.reputation().reputation(_handler.providerAt(i));
            uint256 sum = uint256(standing.mass.seasoned) + standing.mass.slashed;
            // A counter that was full has forgotten, and what has decayed since does not tell that it was.
            if (standing.mass.exposure > FULL_LATELY) continue;
            assertLe(sum, standing.mass.exposure, "seasoned and slashed mass");
        }
    }

    /// @dev A campaign in which an action never succeeds says nothing about it.
    function test_everyActionSucceedsSometimes() public {
        bytes4[] memory selectors = _selectors();
        uint256[] memory successes = new uint256[](selectors.length - 2);
        for (uint256 run; run < RUNS; ++run) {
            setUp();
            for (uint256 i; i < DEPTH; ++i) _do(selectors, uint256(keccak256(abi.encode(run, i))));
            for (uint256 i; i < successes.length; ++i) successes[i] += _handler.successes(selectors[i]);
        }
        for (uint256 i; i < successes.length; ++i) {
            assertLt(0, successes[i], string.concat("successes of action ", _digits(i)));
        }
    }

    function _do(bytes4[] memory selectors, uint256 seed) private {
        bytes memory data = abi.encodeWithSelector(selectors[seed % selectors.length], seed);
        (bool success, ) = address(_handler).call(data);
        assertTrue(success, "a handler failed");
        assertEq(_handler.violation(), "", "violation");
    }

    function _assertLedger(address who) private view {
        StakeHandler.Ledger memory ledger = _handler.ghostOf(who);
        IStake.Account memory stake = _onus.account(who);
        assertEq(stake.active, ledger.active, "active stake");
        assertEq(stake.locked, ledger.locked, "locked stake");
        assertTrue(stake.tombstoned == ledger.tombstoned, "tombstoned");
        assertLe(stake.locked, stake.active, "locked within active stake");
        assertEq(_onus.thaw(who).amount, ledger.thawing, "thawing stake");
        assertEq(_onus.thaw(who).maturesAt, ledger.maturesAt, "end of the thaw");
        assertEq(_onus.freeze(who).amount, _handler.ghostFreeze(who), "frozen stake");
        assertEq(_onus.capacity(who), _handler.ghostCapacity(who), "capacity");
        assertEq(_onus.faultRecord(who).faults, ledger.faults, "faults");
        assertEq(_onus.faultRecord(who).slashed, Math.min(ledger.slashed, 2 ** 104 - 1), "slashed in all");
        assertEq(_onus.restituted(who), ledger.restituted, "restituted in all");
    }

    function _assertLock(uint256 i) private view {
        (bytes32 id, ReceiptsHandler.Anchor memory expected) = _handler.lockAt(i);
        Lock memory lock = _onus.lockOf(id);
        assertEq(lock.bond, expected.bond, "bond");
        assertEq(uint256(lock.since) - lock.stopped + expected.window, expected.until, "end of the window");
        assertEq(lock.untilBlock, expected.untilBlock, "last block of the window");
        assertEq(uint256(lock.escrow) * 1 minutes, expected.escrow, "escrow of the lock");
    }

    function _assertPayout(uint256 i) private view {
        (bytes32 id, PayoutsHandler.Due memory expected) = _handler.payoutAt(i);
        IConvictions.Payout memory due = _onus.payout(id);
        assertEq(due.challenger, expected.challenger, "challenger");
        assertEq(due.since, expected.since, "since");
        assertEq(due.maturesAt, expected.maturesAt, "end of the escrow");
        assertTrue(due.returned == expected.returned, "returned");
        assertEq(due.restitution, expected.restitution, "restitution");
        assertEq(due.reward, expected.reward, "reward");
        assertEq(due.burnable, expected.burnable, "burnable");
    }

    /// @dev The last two never succeed.
    function _selectors() private view returns (bytes4[] memory selectors) {
        selectors = new bytes4[](32);
        selectors[0] = _handler.pass.selector;
        selectors[1] = _handler.stop.selector;
        selectors[2] = _handler.pause.selector;
        selectors[3] = _handler.propose.selector;
        selectors[4] = _handler.enact.selector;
        selectors[5] = _handler.addKey.selector;
        selectors[6] = _handler.revokeKey.selector;
        selectors[7] = _handler.deposit.selector;
        selectors[8] = _handler.startThaw.selector;
        selectors[9] = _handler.withdraw.selector;
        selectors[10] = _handler.attest.selector;
        selectors[11] = _handler.anchor.selector;
        selectors[12] = _handler.sign.selector;
        selectors[13] = _handler.releaseBatches.selector;
        selectors[14] = _handler.releaseReceipt.selector;
        selectors[15] = _handler.detain.selector;
        selectors[16] = _handler.claimRestitution.selector;
        selectors[17] = _handler.claimReward.selector;
        selectors[18] = _handler.burn.selector;
        selectors[19] = _handler.returnPayout.selector;
        selectors[20] = _handler.convict.selector;
        selectors[21] = _handler.commit.selector;
        selectors[22] = _handler.convictEquivocation.selector;
        selectors[23] = _handler.convictByPlace.selector;
        selectors[24] = _handler.convictSigned.selector;
        selectors[25] = _handler.claim.selector;
        selectors[26] = _handler.answer.selector;
        selectors[27] = _handler.convictOmission.selector;
        selectors[28] = _handler.settle.selector;
        selectors[29] = _handler.burnFee.selector;
        selectors[30] = _handler.usurp.selector;
        selectors[31] = _handler.convictWrongly.selector;
    }

    function _digits(uint256 value) private pure returns (string memory) {
        return string(abi.encodePacked(uint8(48 + value / 10), uint8(48 + (value % 10))));
    }
}

/// @dev All of it.
contract MoneyHandler is OmissionHandler {}
