// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Audits} from "../../contracts/audits/Audits.sol";
import {IAudits} from "../../contracts/interfaces/IAudits.sol";
import {ISeats} from "../../contracts/interfaces/ISeats.sol";
import {Batch} from "../../contracts/types/Batch.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ReceiptId} from "../../contracts/types/ReceiptId.sol";
import {Test} from "../helpers/Vm.sol";
import {AuditsTest} from "./AuditsTest.sol";

contract AuditsMoneyInvariantTest is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    AuditsHandler private _handler;

    function setUp() public {
        _handler = new AuditsHandler();
        _handler.setUp();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_handler), _selectors());
    }

    /// hardhat-config: invariant.runs = 12
    /// hardhat-config: invariant.depth = 50
    function invariant_theBalanceIsTheBondsAndTheFeesThatAreNotPaid() public view {
        assertEq(_handler.balance(), _handler.owed(), "balance");
    }

    /// hardhat-config: invariant.runs = 12
    /// hardhat-config: invariant.depth = 50
    function invariant_everySeatKnowsWhatItStandsFor() public view {
        Audits audits = _handler.contractUnderTest();
        uint256[] memory pending = _handler.pendings();
        for (uint256 i; i < pending.length; ++i) {
            assertEq(audits.seatOf(i).pending, pending[i], "pending");
        }
    }

    /// hardhat-config: invariant.runs = 12
    /// hardhat-config: invariant.depth = 50
    function invariant_nothingForbiddenHappens() public view {
        assertEq(_handler.violation(), "", "violation");
    }

    function test_aCampaignDoesWhatThereIsToDo() public {
        bytes4[] memory selectors = _selectors();
        for (uint256 i; i < 1_500; ++i) {
            bytes32 random = keccak256(abi.encode("campaign", i));
            bytes4 selector = selectors[uint256(random) % selectors.length];
            bytes memory arguments = abi.encode(random, keccak256(abi.encode(random)), i % 3 == 0);
            (bool done, ) = address(_handler).call(abi.encodePacked(selector, arguments));
            assertTrue(done, "a handler reverted");
        }
        for (uint256 i; i < selectors.length; ++i) {
            // Two convictions in a campaign are too few to be reported: `test/audits/Audits.t.sol` does that.
            if (selectors[i] == AuditsHandler.report.selector) continue;
            assertLt(0, _handler.successes(selectors[i]), _names()[i]);
        }
        invariant_theBalanceIsTheBondsAndTheFeesThatAreNotPaid();
        invariant_everySeatKnowsWhatItStandsFor();
        invariant_nothingForbiddenHappens();
    }

    function _names() private pure returns (string[11] memory) {
        return
            [
                "takeSeat",
                "leaveSeat",
                "fund",
                "draw",
                "vouch",
                "convict",
                "returnPayout",
                "report",
                "settle",
                "refund",
                "pass"
            ];
    }

    function _selectors() private pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](11);
        selectors[0] = AuditsHandler.takeSeat.selector;
        selectors[1] = AuditsHandler.leaveSeat.selector;
        selectors[2] = AuditsHandler.fund.selector;
        selectors[3] = AuditsHandler.draw.selector;
        selectors[4] = AuditsHandler.vouch.selector;
        selectors[5] = AuditsHandler.convict.selector;
        selectors[6] = AuditsHandler.returnPayout.selector;
        selectors[7] = AuditsHandler.report.selector;
        selectors[8] = AuditsHandler.settle.selector;
        selectors[9] = AuditsHandler.refund.selector;
        selectors[10] = AuditsHandler.pass.selector;
    }
}

/// @dev Does what auditors, funders, challengers and providers may try, and keeps books of its own.
contract AuditsHandler is AuditsTest {
    uint256 private constant LEAVES = 4;

    /// @notice The first thing that happened and must not, or nothing.
    string public violation;
    /// @dev The answers of each fund's batch: `abi.encode(Receipt[])`.
    bytes[] private _cases;
    /// @dev What was vouched for: `abi.encode(fundId, receiptId)`.
    bytes[] private _reported;
    /// @dev The receipt that was convicted last.
    bytes private _convicted;
    /// @notice How often something succeeded: a campaign in which nothing does proves nothing.
    mapping(bytes4 selector => uint256) public successes;

    function contractUnderTest() external view returns (Audits) {
        return audits;
    }

    function balance() external view returns (uint256) {
        return token.balanceOf(address(audits));
    }

    /// @dev Bonds of seats that somebody has, and fees of audits that are open or reported.
    function owed() external view returns (uint256 sum) {
        for (uint256 i; i < audits.seatCount(); ++i) {
            if (audits.seatOf(i).auditor != address(0)) sum += BOND;
        }
        for (uint256 i; i < audits.fundCount(); ++i) {
            IAudits.Fund memory f = audits.fundOf(i);
            sum += uint256(f.fee) * ((f.refundAt == 0 ? f.taken : f.audits) - f.paid);
        }
    }

    /// @dev Vouches that wait, by seat, of those who have the seat still.
    function pendings() external view returns (uint256[] memory sums) {
        sums = new uint256[](audits.seatCount());
        for (uint256 k; k < _reported.length; ++k) {
            (uint256 fundId, ReceiptId id) = abi.decode(_reported[k], (uint256, ReceiptId));
            IAudits.Audit memory audit = audits.auditOf(fundId, id);
            if (audit.report != IAudits.Report.Vouched) continue;
            if (audits.seatOf(audit.seat).since == audit.seatSince) ++sums[audit.seat];
        }
    }

    function takeSeat(uint256 i) external {
        if (audits.seatCount() > 6) return;
        _takeSeat(_auditor(i % 5));
        _done(this.takeSeat.selector);
    }

    function leaveSeat(uint256 i) external {
        // Seldom: who leaves cannot vouch.
        if (i % 16 != 0) return;
        uint256 seat = (i >> 4) % audits.seatCount();
        ISeats.Seat memory mine = audits.seatOf(seat);
        if (mine.auditor == address(0)) return;
        vm.prank(mine.auditor);
        if (mine.leavesAt == 0) return audits.startLeaving(seat);
        try audits.leaveSeat(seat) {
            _done(this.leaveSeat.selector);
            bool may = onus.clock() >= mine.leavesAt && mine.pending == 0;
            _check(may && audits.accusationOf(seat) == 0, "a seat was left that was held");
        } catch {}
    }

    function fund(uint256 number) external {
        if (_cases.length > 30 || number % 2 != 0) return;
        number >>= 1;
        Batch memory batch = _anchorAnswers(LEAVES);
        _fund(batch, bound(number, 1, LEAVES));
        _cases.push(abi.encode(receipts));
        _done(this.fund.selector);
        if (number % 4 != 0) this.draw(2 * _cases.length, bytes32(number));
    }

    function draw(uint256 i, bytes32 mix) external {
        if (_cases.length == 0) return;
        uint256 fundId = _case(i);
        uint256 number = audits.fundOf(fundId).drawBlock;
        if (block.number <= number) vm.roll(number + 1);
        bytes memory header = _header(number, mix);
        if (block.number - number <= 256) blocks.setBlockhash(number, keccak256(header));
        try audits.draw(fundId, header) {
            _done(this.draw.selector);
        } catch {}
    }

    function vouch(uint256 i, uint256 number) external {
        if (!_open(i, number)) return;
        (uint256 fundId, uint256 j) = _pick(i, number);
        (, address auditor) = audits.onTurn(fundId, j);
        bool turn = auditor != address(0);
        try this.vouchAs(turn ? auditor : stranger, fundId, j) {
            _done(this.vouch.selector);
            _reported.push(abi.encode(fundId, _drawnId(fundId, j)));
            _check(turn, "somebody vouched when it was nobody's turn");
        } catch {}
    }

    function convict(uint256 i, uint256 number) external {
        // The third fault within 90 days would exclude the provider.
        if (onus.faultRecord(provider).previousFaultAt + 90 days > block.timestamp) return;
        if (!_open(i, number)) return;
        (uint256 fundId, uint256 j) = _pick(i, number);
        try this.convictDrawn(fundId, j) {
            _done(this.convict.selector);
            _convicted = abi.encode(_drawnReceipt(fundId, j));
            if (i % 3 == 0) this.returnPayout();
        } catch {}
    }

    function returnPayout() external {
        if (_convicted.length == 0) return;
        Receipt memory receipt = abi.decode(_convicted, (Receipt));
        bytes32 id = _idOf(receipt);
        vm.prank(guardian);
        try governance.returnPayout(id, receipt) {
            _done(this.returnPayout.selector);
        } catch {}
    }

    function report(uint256 i, uint256 number, bool accuse) external {
        if (!_open(i, number)) return;
        (uint256 fundId, uint256 j) = _pick(i, number);
        if (accuse) {
            try audits.accuse(fundId, _drawnId(fundId, j)) {
                _done(IAudits.accuse.selector);
            } catch {}
        } else {
            try this.refuteDrawn(fundId, j) {
                _done(this.report.selector);
            } catch {}
        }
    }

    function settle(uint256 i, uint256 number) external {
        if (!_open(i, number)) return;
        (uint256 fundId, uint256 j) = _pick(i, number);
        uint256 before = token.balanceOf(address(audits));
        try this.settleDrawn(fundId, j) {
            _done(this.settle.selector);
            uint256 paid = before - token.balanceOf(address(audits));
            _check(paid == FEE || paid == uint256(FEE) + BOND, "a settlement paid something else");
        } catch {}
    }

    function refund(uint256 i) external {
        if (_cases.length == 0) return;
        uint256 fundId = i % _cases.length;
        IAudits.Fund memory f = audits.fundOf(fundId);
        uint256 before = token.balanceOf(funder);
        try audits.refund(fundId) {
            _done(this.refund.selector);
            uint256 back = token.balanceOf(funder) - before;
            _check(back == uint256(FEE) * (f.audits - f.taken), "a refund paid something else");
        } catch {}
    }

    function pass(uint256 time, uint256 number) external {
        uint256 most = time % 16 == 0 ? 25 days : 5 minutes;
        vm.warp(block.timestamp + bound(time >> 3, 1, most));
        vm.roll(block.number + bound(number, 1, 2 * WINDOW_BLOCKS));
        _done(this.pass.selector);
    }

    // calls of their own, to be tried

    function vouchAs(address auditor, uint256 fundId, uint256 j) external {
        _vouchAs(auditor, fundId, j);
    }

    function convictDrawn(uint256 fundId, uint256 j) external {
        _convict(fundId, j);
    }

    function refuteDrawn(uint256 fundId, uint256 j) external {
        _refute(fundId, j);
    }

    function settleDrawn(uint256 fundId, uint256 j) external {
        _settle(fundId, j);
    }

    /// @dev Mostly the latest: with older ones little is left to do.
    function _case(uint256 i) private view returns (uint256) {
        return i % 2 == 0 ? _cases.length - 1 : (i >> 1) % _cases.length;
    }

    function _pick(uint256 i, uint256 number) private view returns (uint256 fundId, uint256 j) {
        fundId = _case(i);
        j = number % audits.fundOf(fundId).audits;
    }

    /// @dev Has the answers of a case at hand, if it is drawn.
    function _open(uint256 i, uint256 number) private returns (bool) {
        if (_cases.length == 0) return false;
        (uint256 fundId, ) = _pick(i, number);
        if (audits.fundOf(fundId).seed == 0) return false;
        Receipt[] memory answers = abi.decode(_cases[fundId], (Receipt[]));
        delete receipts;
        for (uint256 k; k < answers.length; ++k) receipts.push(answers[k]);
        return true;
    }

    function _done(bytes4 selector) private {
        ++successes[selector];
    }

    function _check(bool holds, string memory what) private {
        if (!holds && bytes(violation).length == 0) violation = what;
    }
}
