// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountableConsumer} from "../../contracts/consumer/AccountableConsumer.sol";
import {Output} from "../../contracts/consumer/Output.sol";
import {Notebook} from "../../contracts/consumer/examples/Notebook.sol";
import {MockOnus} from "../../contracts/mocks/MockOnus.sol";
import {Clause} from "../../contracts/types/AccountabilityPolicy.sol";
import {Inclusion} from "../../contracts/types/Batch.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ReceiptId} from "../../contracts/types/ReceiptId.sol";
import {Test} from "../helpers/Vm.sol";

/// @dev As a consumer's own test may look like: with the mock and nothing else.
contract NotebookTest is Test {
    MockOnus private _mock;
    Notebook private _notebook;
    Inclusion private _noInclusion;

    function setUp() public {
        vm.warp(1_800_000_000);
        _mock = new MockOnus();
        _notebook = new Notebook(_mock.onus());
    }

    function test_write_keepsAFinalAnswer() public {
        Receipt memory receipt = _asked();
        _mock.mockFinal(receipt);
        _write(receipt);
        assertEq(string(_notebook.answers("request")), "forty-two", "answer");
        vm.expectPartialRevert(AccountableConsumer.RequestUsed.selector);
        _write(receipt);
    }

    function test_write_refusesWhatIsNotFinal() public {
        Receipt memory receipt = _asked();
        _refuses(receipt, Clause.Collateral, "Collateral");
        _mock.mockAnchored(receipt);
        _refuses(receipt, Clause.Assurance, "Assurance");
        _mock.mockDisputed(receipt);
        _refuses(receipt, Clause.Assurance, "Assurance");
        _mock.mockFinal(receipt);
        _mock.mockScore(receipt.provider, true, 0.5e18, 0);
        _refuses(receipt, Clause.Score, "Score");
        _mock.mockScore(receipt.provider, true, 0.6e18, 0);
        _write(receipt);
    }

    function test_write_asksForCoverageScoreAndFreshness() public {
        Receipt memory receipt = _asked();
        --receipt.coverage;
        _mock.mockFinal(receipt);
        _refuses(receipt, Clause.Coverage, "Coverage");
        receipt = _asked();
        _mock.mockFinal(receipt);
        _mock.mockScore(receipt.provider, true, 0.6e18 - 1, 0);
        _refuses(receipt, Clause.Score, "Score");
        _mock.mockScore(receipt.provider, true, 0.6e18, 0);
        vm.warp(block.timestamp + 30 days + 1);
        _refuses(receipt, Clause.Age, "Age");
        vm.warp(block.timestamp - 1);
        _write(receipt);
    }

    function test_write_refusesWhatWasConvicted() public {
        Receipt memory receipt = _asked();
        _mock.mockConvicted(receipt);
        _mock.mockFinal(receipt);
        _refuses(receipt, Clause.NotConvicted, "NotConvicted");
    }

    function test_write_refusesAnotherAnswer() public {
        Receipt memory receipt = _asked();
        receipt.outputCommitment = "another";
        _mock.mockFinal(receipt);
        vm.expectPartialRevert(Output.OutputMismatch.selector);
        _write(receipt);
    }

    function test_ask_refusesEverybodyButTheOwner() public {
        vm.expectRevert(abi.encodeWithSelector(Notebook.SenderNotOwner.selector, address(1)));
        vm.prank(address(1));
        _notebook.ask("request", "question");
    }

    function _asked() private returns (Receipt memory receipt) {
        _notebook.ask("request", "question");
        (receipt.requestId, receipt.inputCommitment) = ("request", "question");
        (receipt.provider, receipt.consumer) = (address(0xA), address(_notebook));
        (receipt.coverage, receipt.traceCommitment) = (100e18, "trace");
        receipt.outputCommitment = sha256(
            abi.encodePacked(hex"00", hex"03", uint64(0), uint32(9), "forty-two")
        );
        (receipt.issuedAt, receipt.challengeWindow) = (uint64(block.timestamp), 1 hours);
        receipt.anchorBy = receipt.issuedAt + 1 hours;
    }

    function _write(Receipt memory receipt) private {
        _notebook.write(receipt, _noInclusion, "forty-two");
    }

    function _refuses(Receipt memory receipt, Clause clause, string memory name) private {
        ReceiptId id = _mock.receiptIdOf(receipt);
        uint256 unmet = 1 << uint256(clause);
        vm.expectRevert(abi.encodeWithSelector(AccountableConsumer.AnswerRefused.selector, id, name, unmet));
        _write(receipt);
    }
}
